#!/usr/bin/env bash
# How long a talk of two hours takes to measure, and how much memory, beside ffmpeg's ebur128 filter.
# Prints figures, judges none.
#
#   bench/talk/run.sh [MINUTES]      length of the talk; default 120
#
# Needs ffmpeg and espeak-ng. The talk is one voice said over and over, as WAV, FLAC, MP3, AAC,
# Vorbis and Opus.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=target/talk-bench
mkdir -p "$work"
minutes=${1:-120}
wav=$work/talk-$minutes.wav
if [[ ! -f $wav ]]; then
  espeak-ng -v en-us -s 150 -w "$work/words.wav" "A policy may look as if it shifts when it only \
answers a test, or the pressure that follows one. Trade figures are mirror figures: one side reports, \
and the other side keeps silent. The floods come back every few years, and so do the plans for a zone."
  ffmpeg -v error -y -stream_loop -1 -i "$work/words.wav" -t $((minutes * 60)) -ar 44100 -ac 2 "$wav"
  rm "$work/words.wav"
fi
coded() { [[ -f $work/$1 ]] || ffmpeg -v error -y -i "$wav" "${@:2}" "$work/$1"; }
coded "talk-$minutes.flac" -c:a flac
coded "talk-$minutes.mp3" -c:a libmp3lame -b:a 128k
coded "talk-$minutes.m4a" -c:a aac -b:a 128k
coded "talk-$minutes.ogg" -c:a libvorbis -q:a 4
coded "talk-$minutes.opus" -c:a libopus -b:a 48k
cargo build --release --quiet -p yalu-media --example measure_talk
program=${CARGO_TARGET_DIR:-target}/release/examples/measure_talk
for file in "$work"/talk-"$minutes".*; do
  # One process a file, so that the peak of memory is the file's.
  "$program" "$file"
  start=$(date +%s.%N)
  ffmpeg -nostats -hide_banner -i "$file" -af ebur128=peak=true -f null - 2>&1 |
    awk '/^ *(I|LRA|Peak):/ { printf "  ffmpeg %s %s %s", $1, $2, $3 }'
  echo "$(date +%s.%N) $start" | awk '{ printf "  %.2f s\n", $1 - $2 }'
done
