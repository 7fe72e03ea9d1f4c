//! Recorded talks: decoding, loudness, levelling, waveform, cues, chapters, transcripts.
