# nginx: four workers under load, with files, compression, a proxy and its cache.
# needs: nginx wrk ab curl
# on it: nginx wrk ab curl
mkdir www cache temp
awk 'BEGIN { srand(7); for (n = 0; n < 20000; n++) printf "<p class=\"c%d\">%d %s</p>\n", n % 7, n, substr("abcdefghijklmnopqrstuvwxyz", int(rand() * 20) + 1) }' >www/large.html
head -c 300 www/large.html >www/small.html
for n in $(seq 40); do head -c $((n * n * 50)) www/large.html >"www/$n.html"; done
cat >nginx.conf <<CONF
daemon off;
worker_processes 4;
pid nginx.pid;
error_log errors;
events { worker_connections 256; }
http {
    access_log access combined buffer=32k;
    log_not_found off;
    types { text/html html; }
    gzip on; gzip_min_length 200; gzip_comp_level 5; gzip_vary on;
    client_body_temp_path temp/body; proxy_temp_path temp/proxy; fastcgi_temp_path temp/fastcgi;
    uwsgi_temp_path temp/uwsgi; scgi_temp_path temp/scgi;
    proxy_cache_path cache keys_zone=zone:1m levels=1:2 max_size=1m inactive=1m;
    upstream self { server 127.0.0.1:$PORT; keepalive 8; }
    server {
        listen 127.0.0.1:$PORT backlog=512;
        root www;
        location /listed/ { alias www/; autoindex on; autoindex_format json; }
        location /proxied/ { proxy_pass http://self/; proxy_http_version 1.1; proxy_set_header Connection ""; }
        location /cached/ { proxy_pass http://self/; proxy_cache zone; proxy_cache_valid 200 1s; }
        location /moved/ { rewrite ^/moved/(.*)-(.*)\$ /\$1.html?\$2 last; }
    }
}
CONF
[ "$(id -u)" -ne 0 ] || echo 'user root;' >>nginx.conf
nginx -p "$PWD" -c nginx.conf -e errors &
at=http://127.0.0.1:$PORT
until curl -s -o /dev/null "$at/small.html"; do kill -0 $! && sleep 0.05 || exit; done

seconds=${LONG:+60}
seconds=${seconds:-4}
for path in large.html proxied/20.html cached/33.html; do
    wrk --timeout 60s -t 2 -c 40 -d "$seconds" -H 'Accept-Encoding: gzip' "$at/$path" >"wrk.${path%%/*}" &
    loads="$loads $!"
done
# Bodies, while all workers are busy.
for n in $(seq 40); do
    for path in "$n.html" "proxied/$n.html" "cached/$n.html" "moved/$n-x"; do
        curl -s --compressed "$at/$path" | sha256sum
    done
done
curl -s "$at/listed/" | grep -c '"type":"file"'
curl -s -r 1000-2000,5000-6000 "$at/large.html" | grep -c '<p class'
curl -s -o /dev/null -w '%{http_code}\n' "$at/none"
wait $loads
for path in large.html proxied cached; do
    echo "$path: $(grep -c 'requests in' "wrk.$path"), $(grep -c -E 'Non-2xx|Socket errors' "wrk.$path") errors"
done
ab -q -k -n 20000 -c 30 "$at/7.html" 2>/dev/null | grep -E '^(Complete|Failed|Non-2xx|Document Length)'
# New workers take over from the old ones.
kill -HUP "$(cat nginx.pid)"
ab -q -n 3000 -c 10 "$at/30.html" 2>/dev/null | grep -E '^(Complete|Failed|Non-2xx|HTML)'
kill -QUIT "$(cat nginx.pid)"
wait
echo "$(grep -c -F -e '[error]' -e '[crit]' -e '[alert]' -e '[emerg]' errors) lines of errors"
