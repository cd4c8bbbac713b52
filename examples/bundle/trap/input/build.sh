esbuild /input/main.js --bundle --minify --outdir=/output --log-level=warning --banner:js="/* built $(date -u '+%Y-%m-%d %H:%M:%S') */"
