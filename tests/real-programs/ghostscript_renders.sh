# ghostscript: PostScript rendered to pictures, made a PDF, and that rendered again.
# needs: gs
# on it: gs
cat >page.ps <<'PS'
%!PS
/seed 7 def /next { /seed seed 171 mul 30269 mod def seed exch mod } def
/row 64 string def 0 1 63 { row exch dup 4 mul put } for
1 1 pages {
    /page exch def
    /Times-Roman findfont 9 scalefont setfont
    0 1 60 { /line exch def 40 760 line 12 mul sub moveto
        0 1 8 { page line add mod pop 26 next 97 add (xxxxxxx) dup 0 4 -1 roll put show ( ) show } for } for
    0 1 300 { pop
        newpath 500 next 50 add 700 next 50 add moveto
        500 next 700 next 500 next 700 next 500 next 700 next curveto
        100 next 100 div 100 next 100 div 100 next 100 div setrgbcolor
        5 next 1 add setlinewidth stroke } for
    << /ShadingType 2 /ColorSpace /DeviceRGB /Coords [50 50 550 750]
       /Function << /FunctionType 2 /Domain [0 1] /C0 [1 0 page 10 div] /C1 [0 0.5 1] /N 1.5 >> >>
    gsave 100 100 300 300 rectclip shfill grestore
    /Helvetica-Bold findfont 80 scalefont setfont
    gsave 120 400 moveto (page) true charpath clip 30 rotate
    0 4 600 { 0 moveto 0 600 rlineto 0.3 setgray stroke } for grestore
    gsave 300 500 translate 200 200 scale
    64 64 8 [64 0 0 -64 0 64] { row } image
    grestore
    showpage
} for
PS
pages=${LONG:+40}
options="-q -dBATCH -dNOPAUSE -dSAFER"
for device in png16m pnggray pbmraw jpeg; do
    gs $options -sDEVICE=$device -r100 -dNumRenderingThreads=2 -dTextAlphaBits=4 -dGraphicsAlphaBits=2 \
        -dpages="${pages:-4}" -o "$device-%d" page.ps
    sha256sum $device-*
done
gs $options -sDEVICE=pdfwrite -dpages="${pages:-4}" -o pages.pdf page.ps
gs $options -sDEVICE=png16m -r150 -dBandHeight=64 -dNumRenderingThreads=4 -o 'again-%d.png' pages.pdf
sha256sum again-*
gs $options -sDEVICE=txtwrite -o - pages.pdf | sha256sum
gs $options -sDEVICE=bbox pages.pdf 2>&1
