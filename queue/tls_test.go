package queue_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/queue"
)

func TestServer_WorkersComeOverTLS(t *testing.T) {
	t.Parallel()
	certificate, ca := selfSigned(t)
	s, err := queue.Start(t.Context(), queue.Config{
		Dir: t.TempDir(), Listen: "127.0.0.1:0", Authenticate: authenticate, Log: quiet(),
		TLS: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	serve(t, newControl(t, s), newRecord())
	link := dial(t, queue.Dialing{URLs: []string{s.URL()}, Name: "w1", Worker: true, Password: password, CA: ca})
	w, err := queue.NewWorker(link, "w1", quiet())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Claim(within(t), 1); err != nil {
		t.Error(err)
	}
	_, err = queue.Dial(t.Context(), queue.Dialing{URLs: []string{s.URL()}, Name: "w1", Worker: true, Password: password, CA: []byte("x"), Log: quiet()})
	if slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("a CA without a certificate: %v", err)
	}
}

func selfSigned(t *testing.T) (certificate tls.Certificate, ca []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "queue"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
