/** What is readable of a damaged file (recording.md §11). */
import { Content, frames, indexEntries, memberSteps, plainSteps } from "./content.js";
import { documentText, eventText } from "./json.js";
import { END, HOLDS_HEADER, INDEX, checkLength, gzipHeader, memberContent, memberFields } from "./members.js";
import { sourceOf } from "./source.js";
import { LIMITS, ReelError, TermMap, decode } from "./terms.js";

const SIGNATURE = [0x1f, 0x8b, 8, 6, 0, 0, 0, 0, 0, 0xff];

/**
 * Everything readable in a damaged file (recording.md §11): `fields` of the header, `events`, and what is `lost`, pairs
 * of offsets.
 */
export async function salvage(input, { limits: own = {} } = {}) {
  const limits = { ...LIMITS, ...own };
  const source = await sourceOf(input);
  const bytes = await source.read(0, source.size);
  const found = (await salvageMembers(bytes, limits)) ?? (await salvagePlain(bytes, limits));
  return { ...found, events: found.events.map((event, index) => ({ ...event, index })) };
}

/** What salvage finds as a JSON document, with the key `lost`. */
export async function salvageDocument(input, mapping = "tagged", options = {}) {
  const { fields, events, lost } = await salvage(input, options);
  const texts = events.map((event) => eventText(event, mapping));
  return documentText(fields, texts, mapping, [`"lost":${JSON.stringify(lost)}`], ["events", "lost"]);
}

async function salvageMembers(bytes, limits) {
  const result = { fields: new TermMap(), events: [], lost: [] };
  let [content, event, sound, offset] = [null, 0, 0, 0];
  let isFound = false;
  while (offset < bytes.length) {
    const member = await soundMember(bytes, offset, limits);
    let taken = null;
    if (member?.content !== undefined) taken = takeMember(member, content, event, limits);
    if (taken !== null) {
      isFound = true;
      if (offset > sound) result.lost.push([sound, offset]);
      if (taken.content !== undefined) {
        content = taken.content;
        event = content.events;
        for (const one of taken.events) result.events.push(one);
        if (content.header !== null) result.fields = content.header.fields;
      }
      sound = offset += member.fields.length;
      continue;
    }
    const next = member === null ? undefined : offset + member.fields.length;
    offset = next === bytes.length || (next < bytes.length && soundHeader(bytes, next) !== null) ? next : search(bytes, offset + 1);
  }
  if (!isFound) return null;
  if (sound < bytes.length) result.lost.push([sound, bytes.length]);
  return result;
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

/** A member whose header is sound, with its content if that is. */
async function soundMember(bytes, offset, limits) {
  const member = soundHeader(bytes, offset);
  if (member === null || offset + member.fields.length > bytes.length) return member;
  try {
    checkLength(member.header, member.fields, limits.member);
    member.content = await memberContent(bytes.subarray(offset, offset + member.fields.length), member.header, member.fields);
  } catch (error) {
    if (!(error instanceof ReelError)) throw error;
  }
  return member;
}

/** The events of a member that belongs to what was found before it, else `null`. */
function takeMember(member, before, event, limits) {
  const { offset, fields, content: bytes } = member;
  try {
    if (fields.kind === END) return {};
    if (fields.kind === INDEX) {
      const fail = (kind, what) => {
        throw new ReelError(kind, offset, what);
      };
      const all = [...frames([{ bytes, offset }], limits.frame, { isStart: false, isWhole: true })];
      if (all.length !== 1) fail("malformedIndex", "no index");
      indexEntries(decode(all[0].bytes, limits), limits, fail);
      return {};
    }
    if (fields.firstEvent < event) return null;
    const expectsHeader = (fields.flags & HOLDS_HEADER) !== 0 && before === null;
    const content = new Content(limits, { firstEvent: fields.firstEvent, expectsHeader });
    content.header = before?.header ?? null;
    content.finish = before?.finish ?? null;
    const events = [...memberSteps(member, content, limits)].flatMap((step) => step.event ?? []);
    return { content, events };
  } catch (error) {
    if (error instanceof ReelError) return null;
    throw error;
  }
}

/** Where the next member may start, or the end. */
function search(bytes, start) {
  for (let offset = start; (offset = bytes.indexOf(SIGNATURE[0], offset)) >= 0; offset++) {
    if (SIGNATURE.every((byte, index) => bytes[offset + index] === byte)) return offset;
  }
  return bytes.length;
}

async function salvagePlain(bytes, limits) {
  const content = new Content(limits, { isPlain: true });
  const result = { fields: null, events: [], lost: [] };
  try {
    if (bytes.length === 0) throw new ReelError("notARecording", 0, "the file is empty");
    for (const { event } of plainSteps(bytes, content, limits, bytes[0] !== 0x1f, () => {})) if (event) result.events.push(event);
  } catch (error) {
    if (!(error instanceof ReelError) || content.header === null) throw error;
    result.lost.push([error.offset, bytes.length]);
  }
  result.fields = content.header.fields;
  return result;
}
