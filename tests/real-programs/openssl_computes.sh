# openssl: sums, ciphers, keys and signatures compared; its speed test in two processes.
# needs: openssl
# on it: openssl
awk 'BEGIN { for (n = 0; n < 200000; n++) print n * 7919 % 10007, n }' >data
for sum in md5 sha1 sha256 sha512 sha3-256 blake2b512; do openssl dgst "-$sum" data; done
key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
for cipher in aes-128-cbc aes-256-ctr chacha20 camellia-256-cbc; do
    length=64; [ "$cipher" = aes-128-cbc ] && length=32
    openssl enc "-$cipher" -K "$(echo $key | head -c $length)" -iv "$(echo $key | head -c 32)" -in data -out sealed
    sha256sum <sealed
    openssl enc -d "-$cipher" -K "$(echo $key | head -c $length)" -iv "$(echo $key | head -c 32)" -in sealed | cmp - data
done
openssl enc -aes-256-cbc -pbkdf2 -iter 20000 -S 0102030405060708 -pass pass:word -in data | sha256sum
openssl kdf -keylen 64 -kdfopt pass:word -kdfopt salt:salt -kdfopt n:16384 -kdfopt r:8 -kdfopt p:1 SCRYPT
# An Ed25519 key of known bytes: its signatures have no chance in them.
{ printf '\060\056\002\001\000\060\005\006\003\053\145\160\004\042\004\040'; head -c 32 data; } >key.der
openssl pkey -inform DER -in key.der -out key.pem
openssl pkey -in key.pem -noout -text
head -c 4000 data >message
openssl pkeyutl -sign -inkey key.pem -rawin -in message | sha256sum
# Of what has, the sameness is compared.
openssl genrsa -out rsa.pem 2048 2>log && openssl rsa -in rsa.pem -noout -check
openssl req -x509 -new -key rsa.pem -subj /CN=name -days 30 -out certificate.pem
openssl verify -CAfile certificate.pem certificate.pem
openssl dgst -sha256 -sign rsa.pem -out signature data
openssl x509 -in certificate.pem -noout -pubkey >public.pem
openssl dgst -sha256 -verify public.pem -signature signature data
openssl cms -encrypt -aes256 -in data -binary -outform DER -out cms certificate.pem &&
    openssl cms -decrypt -inform DER -in cms -inkey rsa.pem -binary | cmp - data && echo "the same"
openssl ecparam -name prime256v1 -genkey -noout | openssl ec -text -noout 2>log | grep -c pub
openssl prime -checks 20 170141183460469231731687303715884105727
openssl asn1parse -in certificate.pem | grep -c OBJECT
seconds=${LONG:+10}
for what in sha256 "-evp aes-256-gcm" ed25519 rsa2048; do
    openssl speed -seconds "${seconds:-1}" -multi 2 -mr $what >speed 2>log
    echo "speed $what: $?"
done
