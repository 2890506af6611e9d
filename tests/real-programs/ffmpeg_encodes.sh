# ffmpeg: generated pictures and sound, filtered, encoded in threads and decoded.
# needs: ffmpeg
# on it: ffmpeg
length=${LONG:+30}
length=${length:-3}
run() { ffmpeg -hide_banner -loglevel error -nostdin -y "$@"; }
run -f lavfi -i "testsrc2=size=480x360:rate=25:duration=$length" \
    -f lavfi -i "sine=frequency=440:beep_factor=4:duration=$length" \
    -filter_complex '[0:v]split[a][b];[b]hflip,boxblur=3[c];[a][c]overlay=x=50:y=20,hue=h=30*t[v]' \
    -map '[v]' -map 1:a -c:v ffv1 -level 3 -slices 4 -threads 4 -c:a flac -fflags +bitexact -flags +bitexact \
    master.mkv
sha256sum <master.mkv
for codec in libx264 mpeg4 mpeg2video libvpx-vp9 huffyuv; do
    ffmpeg -hide_banner -encoders 2>/dev/null | grep -q " $codec " || continue
    run -i master.mkv -an -t 2 -c:v $codec -threads 2 -fflags +bitexact -flags +bitexact $codec.mkv
    run -i $codec.mkv -threads 4 -fflags +bitexact -f framemd5 - | sha256sum
done
for codec in aac ac3 mp2 alac; do
    run -i master.mkv -vn -c:a $codec -fflags +bitexact -flags +bitexact $codec.mkv
    run -i $codec.mkv -fflags +bitexact -f md5 -
done
run -i master.mkv -vf 'scale=200:-2,fps=5,palettegen' -fflags +bitexact palette.png
run -i master.mkv -i palette.png -filter_complex 'fps=5,scale=200:-2[x];[x][1:v]paletteuse' picture.gif
sha256sum palette.png picture.gif
