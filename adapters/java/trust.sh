# What a JVM must be told of the way out of the step: the proxy, and whom to
# believe beside those that Java believes anyway.
proxy=${HTTPS_PROXY:-${https_proxy:-${HTTP_PROXY:-${http_proxy:-}}}}
proxy=${proxy#*://}
proxy=${proxy%%/*}
net=
if [ -n "$proxy" ]; then
  host=${proxy##*@}
  port=${host##*:}
  host=${host%:*}
  for scheme in http https; do net="$net -D$scheme.proxyHost=$host -D$scheme.proxyPort=$port"; done
fi
bundle=/etc/ssl/certs/ca-certificates.crt
if [ -s "$bundle" ]; then
  printf '%s\n' "$TRUST_STORE" >/tmp/TrustStore.java
  java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC /tmp/TrustStore.java "$bundle" /tmp/trust.jks
  net="$net -Djavax.net.ssl.trustStore=/tmp/trust.jks -Djavax.net.ssl.trustStorePassword=changeit"
fi
