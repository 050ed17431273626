/** Gzip members and their `RL` fields (recording.md §5). */
import { Inflater, InflateError, concatenate, crc32 } from "./inflate.js";
import { ReelError, integer } from "./terms.js";

export const DATA = 1;
export const INDEX = 2;
export const END = 3;
export const STARTS_WITH_KEYFRAME = 1;
export const HOLDS_HEADER = 2;
export const HOLDS_FINISH = 4;
export const END_LENGTH = 44;

/** Content from this length on is inflated by the platform: it is faster, but takes a while to get going. */
const LARGE = 1 << 15;

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const u32 = (bytes, position) => view(bytes).getUint32(position, true);

export const startsMember = (bytes, position = 0) => bytes[position] === 0x1f && bytes[position + 1] === 0x8b;

/**
 * The gzip header that `bytes` start with, which stand at `offset` of the file: steps 1 and 2 of recording.md §5.3.
 * Bytes that end inside of the header are `truncated`.
 */
export function gzipHeader(bytes, offset) {
  const fail = failure(offset);
  const need = (count) => count <= bytes.length || fail("truncated", "the file ends inside a member's header");
  const flags = bytes[3];
  const isWrong = (bytes.length > 2 && bytes[2] !== 8) || (flags & 0xe0) !== 0;
  if (isWrong) fail("malformedMember", "no gzip header");
  need(4);
  need(10);
  let length = 10;
  let extra = new Uint8Array(0);
  if (flags & 4) {
    need(12);
    length = 12 + view(bytes).getUint16(10, true);
    need(length);
    extra = bytes.subarray(12, length);
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, length);
    need(end < 0 ? Infinity : end);
    length = end + 1;
  }
  const hasChecksum = (flags & 2) !== 0;
  if (hasChecksum) {
    need(length + 2);
    const isRight = view(bytes).getUint16(length, true) === (crc32(bytes.subarray(0, length)) & 0xffff);
    if (!isRight) fail("checksum", "a member's header checksum does not match");
    length += 2;
  }
  return { offset, length, extra, hasChecksum };
}

/** What the `RL` subfield of a header says, or `null` when there is none: steps 3 to 6. */
export function memberFields({ offset, length: headerLength, extra, hasChecksum }) {
  const fail = failure(offset);
  let payload = null;
  for (let position = 0; position < extra.length;) {
    const start = position + 4;
    const end = start <= extra.length ? start + view(extra).getUint16(position + 2, true) : Infinity;
    if (end > extra.length) fail("malformedMember", "subfields that do not fill XLEN");
    const isOurs = extra[position] === 0x52 && extra[position + 1] === 0x4c;
    if (payload === null && isOurs) payload = extra.subarray(start, end);
    position = end;
  }
  if (payload === null) return null;
  if (payload.length < 8) fail("malformedMember", "RL has less than 8 bytes");
  const [major, minor, kind, flags] = payload;
  if (major !== 1) fail("unsupportedVersion", `version ${major}.${minor}, where this reader knows 1`);
  const length = u32(payload, 4);
  if (!hasChecksum) fail("malformedMember", "a member with RL but without a header checksum");
  if (length <= headerLength + 8) fail("malformedMember", "a member's length has no room for its data");
  const fields = { major, minor, kind, flags, length };
  const varints = varintReader(payload, 8, fail);
  if (kind === DATA) {
    const [content, first, count, start, span] = Array.from({ length: 5 }, varints);
    const isAbove = (a, b) => a + b >= 1n << 63n;
    if (isAbove(first, count) || isAbove(start, span)) fail("malformedMember", "a member's numbers are above 63 bits");
    return { ...fields, contentLength: integer(content), firstEvent: integer(first), eventCount: integer(count),
      firstOffset: integer(start), lastOffset: integer(start + span) };
  }
  if (kind === INDEX) return { ...fields, contentLength: integer(varints()) };
  if (kind !== END || payload.length < 16) fail("malformedMember", "an unknown kind, or no number");
  return { ...fields, indexOffset: integer(view(payload).getBigUint64(8, true)) };
}

const failure = (offset) => (kind, what) => {
  throw new ReelError(kind, offset, what);
};

function varintReader(bytes, position, fail) {
  return () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[position++];
      if (byte === undefined || shift === 63n || (byte === 0 && shift > 0n)) fail("malformedMember", "no varint");
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
}

/** Refuses a content that is above the limit, or that so few bytes cannot hold. */
export function checkLength({ offset, length: headerLength }, { contentLength = 0, length }, limit) {
  if (contentLength > limit) failure(offset)("limitExceeded", `a member of ${contentLength} bytes`);
  if (BigInt(contentLength) / 1032n > BigInt(length - headerLength - 8)) {
    failure(offset)("malformedMember", "more content than deflate can say in so few bytes");
  }
}

/** What the RL member in `bytes` holds: steps 7 to 9. */
export async function memberContent(bytes, header, { kind, length, contentLength = 0 }) {
  const fail = failure(header.offset);
  const end = length - 8;
  const sum = u32(bytes, end);
  if (contentLength >= LARGE && typeof DecompressionStream === "function") {
    const content = await decompress(bytes, contentLength);
    const isRight = content !== null && crc32(content) === sum && u32(bytes, end + 4) === contentLength;
    if (isRight) return content; // Otherwise ours says what is wrong.
  }
  const inflater = new Inflater(bytes, header.length, end, contentLength);
  const chunks = [];
  let left = contentLength;
  try {
    for (let chunk; left >= 0 && (chunk = inflater.read()) !== null; left -= chunk.length) chunks.push(chunk);
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    fail("malformedMember", "a member does not inflate");
  }
  if (left < 0) fail("malformedMember", "a member holds more than it declares");
  if (inflater.position !== end) fail("malformedMember", "a member's data does not end where its trailer starts");
  const content = concatenate(chunks);
  if (crc32(content) !== sum) fail("checksum", "the checksum of a member's content does not match");
  if (u32(bytes, end + 4) !== content.length || left !== 0) {
    fail("malformedMember", "the content has not the length that its member declares");
  }
  if (kind === END && length !== END_LENGTH) fail("malformedMember", `an end member of ${length} bytes`);
  return content;
}

/** The content by the platform's inflater, `null` when it is not of that length or does not inflate. */
async function decompress(bytes, length) {
  const content = new Uint8Array(length);
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (let position = 0; ;) {
      const { done, value } = await reader.read();
      if (done) return position === length ? content : null;
      if (position + value.length > length) return null;
      content.set(value, position);
      position += value.length;
    }
  } catch {
    return null;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * What plain gzip members inflate to, in chunks, each with the offset of its member; what a member has before an error
 * comes before the error. `onMember` may look at each header.
 */
export function* gzipChunks(bytes, onMember = () => {}) {
  for (let offset = 0; offset < bytes.length;) {
    const fail = failure(offset);
    if (!startsMember(bytes, offset) && !(offset + 1 === bytes.length && bytes[offset] === 0x1f)) {
      fail("trailingData", "bytes after a gzip member that start no other");
    }
    const header = gzipHeader(bytes.subarray(offset), offset);
    onMember(header);
    const inflater = new Inflater(bytes, offset + header.length);
    let [sum, length] = [0, 0];
    try {
      for (let chunk; (chunk = inflater.read()) !== null;) {
        sum = crc32(chunk, sum);
        length += chunk.length;
        yield { bytes: chunk, offset };
      }
    } catch (error) {
      if (!(error instanceof InflateError)) throw error;
      if (error.kind === "truncated") fail("truncated", "the file ends inside a member");
      fail("malformedMember", "a member does not inflate");
    }
    const end = inflater.position + 8;
    if (end > bytes.length) fail("truncated", "the file ends inside a member's trailer");
    if (u32(bytes, end - 8) !== sum) fail("checksum", "the checksum of a member's content does not match");
    if (u32(bytes, end - 4) !== length % 2 ** 32) fail("malformedMember", "the length of a member does not match");
    offset = end;
  }
}
