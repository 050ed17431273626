/** What is readable of a damaged file (recording.md §11). */
import { Content, memberSteps, plainSteps, readIndex } from "./content.js";
import { documentText, eventText } from "./json.js";
import { DATA, HOLDS_HEADER, INDEX, checkLength, gzipHeader, memberContent, memberFields } from "./members.js";
import { sourceOf } from "./source.js";
import { LIMITS, ReelError, TermMap } from "./terms.js";

const SIGNATURE = [0x1f, 0x8b, 8, 6, 0, 0, 0, 0, 0, 0xff];

/**
 * Everything readable in a damaged file: `fields` of the header, `events`, and what is `lost`, pairs of offsets.
 */
export async function salvage(input, { limits: own = {} } = {}) {
  const limits = { ...LIMITS, ...own };
  const source = await sourceOf(input);
  const bytes = await source.read(0, source.size);
  const { error: _, ...found } = wholePlain(bytes, limits) ?? (await salvageMembers(bytes, limits)) ?? salvagePlain(bytes, limits);
  return { ...found, events: found.events.map((event, index) => ({ ...event, index })) };
}

/** What salvage finds as a JSON document, with the key `lost`. */
export async function salvageDocument(input, mapping = "tagged", options = {}) {
  const { fields, events, lost } = await salvage(input, options);
  const texts = events.map((event) => eventText(event, mapping));
  return documentText(fields, texts, mapping, [`"lost":${JSON.stringify(lost)}`], ["events", "lost"]);
}

async function salvageMembers(bytes, limits) {
  const result = { fields: null, events: [], lost: [] };
  let [hasData, sound, event, offset] = [false, 0, 0, 0];
  while (offset < bytes.length) {
    const member = soundHeader(bytes, offset);
    const end = member === null ? bytes.length + 1 : offset + member.fields.length;
    const found = end > bytes.length ? null : await soundMember(bytes, member, event, limits);
    if (found !== null) {
      hasData ||= member.fields.kind === DATA;
      if (offset > sound) result.lost.push([sound, offset]);
      for (const one of found.events) result.events.push(one);
      result.fields ??= found.header?.fields ?? null;
      event = found.end ?? event;
      sound = offset;
    }
    if (found === null || found.isPart) {
      const goesOn = end === bytes.length || (end < bytes.length && soundHeader(bytes, end) !== null);
      offset = goesOn ? end : search(bytes, offset + 1);
      continue;
    }
    sound = offset = end;
  }
  if (!hasData) return null;
  if (sound < bytes.length) result.lost.push([sound, bytes.length]);
  return { ...result, fields: result.fields ?? new TermMap() };
}

/** The fields of a header that is sound by steps 1 to 6, else `null`. */
function soundHeader(bytes, offset) {
  try {
    const header = gzipHeader(bytes.subarray(offset), offset);
    const fields = memberFields(header);
    return fields && { offset, header, fields };
  } catch (error) {
    if (error instanceof ReelError) return null;
    throw error;
  }
}

/**
 * What a member holds, by itself, if it is sound and does not go back before `event`, else `null`. Of one whose checksum is
 * right, and of which a frame is not sound, it is what comes before that frame, and `isPart`.
 */
async function soundMember(bytes, { offset, header, fields }, event, limits) {
  const events = [];
  let [content, hasFrame] = [null, false];
  const found = () => ({ events, header: content.header, end: fields.firstEvent + fields.eventCount });
  try {
    checkLength(header, fields, limits.member);
    const own = bytes.subarray(offset, offset + fields.length);
    const member = { offset, fields, content: await memberContent(own, header, fields) };
    if (fields.kind === INDEX) readIndex(member, limits);
    if (fields.kind !== DATA) return { events: [] };
    if (fields.firstEvent < event) return null;
    const expectsHeader = (fields.flags & HOLDS_HEADER) !== 0;
    if (expectsHeader && fields.firstEvent > 0) return null;
    content = new Content(limits, { firstEvent: fields.firstEvent, expectsHeader });
    for (const { event } of memberSteps(member, content, limits, { checksFields: false })) {
      hasFrame = true;
      if (event !== undefined) events.push(event);
    }
    return found();
  } catch (error) {
    if (!(error instanceof ReelError)) throw error;
    hasFrame ||= content !== null && (content.header !== null || content.finish !== null);
    return hasFrame ? { ...found(), isPart: true } : null;
  }
}

/** Where the next member may start, or the end. */
function search(bytes, start) {
  for (let offset = start; (offset = bytes.indexOf(SIGNATURE[0], offset)) >= 0; offset++) {
    if (SIGNATURE.every((byte, index) => bytes[offset + index] === byte) && hasSubfields(bytes, offset)) return offset;
  }
  return bytes.length;
}

/** Whether subfields fill XLEN: a checksum of each header that is none would take long. */
function hasSubfields(bytes, offset) {
  const u16 = (position) => bytes[position] | (bytes[position + 1] << 8);
  const end = offset + 12 + u16(offset + 10);
  let position = offset + 12;
  while (position < end && end <= bytes.length) position += 4 + u16(position + 2);
  return position === end;
}

/** What a plain recording holds that is whole, or has just been cut: it may hold another one as a binary. */
function wholePlain(bytes, limits) {
  try {
    const form = plainForm(bytes, limits);
    if (form === null) return null;
    const { error, ...found } = salvagePlain(bytes, limits);
    return error === undefined || error.kind === "truncated" ? found : null;
  } catch (error) {
    if (error instanceof ReelError) return null;
    throw error;
  }
}

/** `"gzip"`, `"bare"`, or `null` for what starts as no plain recording. */
function plainForm(bytes, limits) {
  if (bytes[0] !== 0x1f) return isBare(bytes, limits.frame) ? "bare" : null;
  return memberFields(gzipHeader(bytes, 0)) === null ? "gzip" : null;
}

const isBare = (bytes, limit) =>
  bytes.length > 4 && bytes[4] === 131 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) <= limit;

function salvagePlain(bytes, limits) {
  const content = new Content(limits, { isPlain: true });
  const result = { fields: null, events: [], lost: [] };
  try {
    if (bytes.length === 0) throw new ReelError("notARecording", 0, "the file is empty");
    for (const { event } of plainSteps(bytes, content, limits, bytes[0] !== 0x1f, () => {})) {
      if (event !== undefined) result.events.push(event);
    }
  } catch (error) {
    if (!(error instanceof ReelError) || content.header === null) throw error;
    result.lost.push([error.offset, bytes.length]);
    result.error = error;
  }
  result.fields = content.header.fields;
  return result;
}
