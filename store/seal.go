package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/json"

	"github.com/slipway-ci/slipway"
)

// keySize is AES-256's.
const keySize = 32

// canary is what is sealed to know the key by.
const canary = "slipway record"

// seal closes and opens what the record keeps but must not tell whoever gets
// at its file: AES-256-GCM, with a chance nonce in front, and with the identity
// of the row as additional data, so that a sealed value that was moved to
// another row does not open.
type seal struct{ aead cipher.AEAD }

func newSeal(key []byte) (seal, error) {
	if len(key) != keySize {
		return seal{}, slipway.Errorf(slipway.CodeUsage, "the key of the record has %d bytes, want %d", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return seal{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return seal{aead}, err
}

func (s seal) close(text []byte, row string) []byte {
	return s.aead.Seal(nil, nil, text, []byte(row)) //nolint:gosec // this one makes the nonce itself
}

func (s seal) open(sealed []byte, row string) ([]byte, error) {
	text, err := s.aead.Open(nil, nil, sealed, []byte(row))
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeInternal, "what the record sealed for %s does not open", row).
			WithHint("the row was changed by something else than Slipway").Because(err)
	}
	return text, nil
}

// closeJSON seals a value.
func (s seal) closeJSON(v any, row string) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.close(text, row), nil
}

func (s seal) openJSON(sealed []byte, row string, v any) error {
	text, err := s.open(sealed, row)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

// prove opens the canary, which the first start seals.
func (s *Store) prove(ctx context.Context) error {
	var sealed []byte
	err := s.writer.tx(ctx, func(t tx) error {
		if _, err := t.exec(ctx, `INSERT INTO seal (id, canary) VALUES (1, ?) ON CONFLICT DO NOTHING`, s.seal.close([]byte(canary), "seal")); err != nil {
			return err
		}
		return t.row(ctx, `SELECT canary FROM seal WHERE id = 1`).Scan(&sealed)
	})
	if err != nil {
		return err
	}
	text, err := s.seal.aead.Open(nil, nil, sealed, []byte("seal"))
	if err != nil || subtle.ConstantTimeCompare(text, []byte(canary)) != 1 {
		return slipway.Errorf(slipway.CodeUsage, "the record was sealed with another key than the one that is given").
			WithHint("give the key file that belongs to this record; without it secrets and credentials cannot be read")
	}
	return nil
}
