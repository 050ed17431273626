meta:
  id: reel_frames
  title: What the members of a recording inflate to
  license: Apache-2.0
  endian: be
doc-ref: Spec/recording.md §4.2
seq:
  - id: frames
    type: frame
    repeat: eos
types:
  frame:
    seq:
      - id: len_term
        type: u4
      - id: term
        type: term
        size: len_term
  term:
    doc: One term of the External Term Format; Spec/terms.md §3 has the tags.
    seq:
      - id: version
        contents: [0x83]
      - id: tag
        type: u1
      - id: rest
        size-eos: true
