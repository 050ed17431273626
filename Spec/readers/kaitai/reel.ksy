meta:
  id: reel
  title: A recording of a session, as its writers write it
  license: Apache-2.0
  endian: le
doc: The members of a recording with RL fields. Inflate what is deflated to find the frames of reel_frames.ksy. A plain recording is gzip without RL fields: how long its members are is not known before they are inflated.
doc-ref: Spec/recording.md §4.1
seq:
  - id: members
    type: member
    repeat: eos
types:
  member:
    doc-ref: Spec/recording.md §5.1
    seq:
      - id: magic
        contents: [0x1f, 0x8b, 0x08, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff]
      - id: len_extra
        type: u2
      - id: subfield
        contents: [0x52, 0x4c]
      - id: len_fields
        type: u2
      - id: fields
        type: fields
        size: len_fields
      - id: other_subfields
        size: len_extra - 4 - len_fields
      - id: header_checksum
        type: u2
      - id: deflated
        size: fields.len_member - len_extra - 22
      - id: checksum
        type: u4
      - id: len_content
        type: u4
  fields:
    doc-ref: Spec/recording.md §5.2
    seq:
      - id: major
        type: u1
      - id: minor
        type: u1
      - id: kind
        type: u1
        enum: kinds
      - id: flags
        type: u1
      - id: len_member
        type: u4
      - id: len_content
        type: varint
        if: kind != kinds::end
      - id: first_event
        type: varint
        if: kind == kinds::data
      - id: num_events
        type: varint
        if: kind == kinds::data
      - id: first_offset
        type: varint
        if: kind == kinds::data
      - id: span
        type: varint
        if: kind == kinds::data
      - id: ofs_index
        type: u8
        if: kind == kinds::end
      - id: newer
        size-eos: true
  varint:
    doc: An unsigned LEB128 integer, seven bits a byte, the lowest first.
    doc-ref: Spec/recording.md §3
    seq:
      - id: groups
        type: u1
        repeat: until
        repeat-until: _ < 128
enums:
  kinds:
    1: data
    2: index
    3: end
