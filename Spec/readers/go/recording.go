package reel

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
)

// Event is something that happened.
type Event struct {
	// Index is its number; the first one has 0.
	Index int
	// Offset is in milliseconds from the start of the session.
	Offset int64
	Kind   Atom
	// Payload says more about it.
	Payload Term
	// Extra is what else its tuple has.
	Extra []Term
}

// Summary is what the finish frame says (recording.md §6.5).
type Summary struct {
	Events, Duration, Errors int64
	Kinds, Names             Map
	Reason                   Atom
}

// Events goes through a recording, event by event. Each member is checked before any of its events is given out.
type Events struct {
	// Header has the fields of the recording's header.
	Header Map
	// Summary is what the finish frame says; nil until it has been read, and when there is none.
	Summary *Summary

	data    []byte
	frames  []frame
	pending []Event
	event   Event
	err     error

	form     string
	at       int // in the file
	count    int // of events
	entries  []entry
	index    int // where the index member is, or -1
	ended    bool
	hasIndex bool
	done     bool
}

// frame is the content of a frame, and where an error in it is said to be.
type frame struct {
	packet []byte
	at     int
}

type entry struct {
	offset, length, content, first, count int
	low, high                             int64
	keyframe                              bool
}

// Open starts to read a recording, or a JSON document that becomes one, and reads its header.
func Open(path string) (*Events, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &Error{"inputOutput", 0, err.Error()}
	}
	if IsDocument(data) {
		return ReadDocument(data)
	}
	return Read(data)
}

// Read starts to read a recording from memory, and reads its header.
func Read(data []byte) (events *Events, err error) {
	defer catch(&err)
	e := &Events{data: data, index: -1}
	e.start()
	for e.Header == nil && e.step() {
	}
	if e.Header == nil {
		fail("notARecording", 0, "there is no header")
	}
	return e, nil
}

// Next goes to the next event. It is false at the end, or when something is wrong: then Err says what.
func (e *Events) Next() (found bool) {
	if e.err != nil {
		return false
	}
	defer catch(&e.err)
	for len(e.pending) == 0 {
		if !e.step() {
			return false
		}
	}
	e.event, e.pending = e.pending[0], e.pending[1:]
	return true
}

// Event is the event that Next has gone to.
func (e *Events) Event() Event { return e.event }

// Err says what has ended the reading, if not the end.
func (e *Events) Err() error { return e.err }

// Finished says whether the recording has its end, once all of it has been read.
func (e *Events) Finished() bool {
	return e.done && e.Summary != nil && (e.form != "members" || e.ended)
}

func (e *Events) start() {
	isGzip := len(e.data) > 0 && e.data[0] == 0x1F && (len(e.data) == 1 || e.data[1] == 0x8B)
	if !isGzip {
		e.form = "bare"
		e.checkStart(e.data, false)
		return
	}
	if header := readHeader(e.data, 0); header.payload != nil {
		e.form = "members"
		return
	}
	e.form = "gzip"
}

// checkStart looks at the first bytes of a content (recording.md §4.3).
func (e *Events) checkStart(content []byte, isGzip bool) {
	isLength := len(content) < 4 || binary.BigEndian.Uint32(content) >= 2 && binary.BigEndian.Uint32(content) <= mostFrame
	if isGzip && len(content) > 0 && len(content) < 5 && isLength && !(len(content) > 1 && content[0] == 131) {
		fail("truncated", 0, "the content ends in its first frame")
	}
	if len(content) < 5 || binary.BigEndian.Uint32(content) > mostFrame || content[4] != 131 {
		fail("notARecording", 0, "it starts with neither a member nor a frame")
	}
}

// step reads a frame, or a member. It is false at the end.
func (e *Events) step() bool {
	if len(e.frames) > 0 {
		next := e.frames[0]
		e.frames = e.frames[1:]
		e.take(next.packet, next.at)
		return true
	}
	if e.done {
		return false
	}
	switch e.form {
	case "bare":
		e.bare()
	case "gzip":
		e.plain()
	default:
		e.members()
	}
	return true
}

// first says of an error in the first frame that this is no recording (recording.md §10).
func (e *Events) wrong(kind string, at int, what string) {
	if e.Header == nil {
		at = 0
		if kind != "truncated" && kind != "unsupportedVersion" && kind != "limitExceeded" {
			kind = "notARecording"
		}
	}
	fail(kind, at, what)
}

func (e *Events) bare() {
	if e.at == len(e.data) {
		e.done = true
		return
	}
	e.at += e.one(e.data[e.at:], e.at, "truncated")
}

// one takes the frame at the start of a content, and says how long it is.
func (e *Events) one(content []byte, at int, cut string) int {
	length := e.length(content, at, cut)
	e.take(content[4:length], at)
	return length
}

// length checks the length of the frame at the start of a content, and gives it with its own four bytes.
func (e *Events) length(content []byte, at int, cut string) int {
	if len(content) < 4 {
		e.wrong(cut, at, "no length of a frame")
	}
	length := int(binary.BigEndian.Uint32(content))
	if length < 2 {
		e.wrong("malformedFrame", at, "a frame of fewer than two bytes")
	}
	if length > mostFrame {
		if e.Header == nil {
			e.wrong("malformedFrame", at, "a first frame that is too long")
		}
		e.wrong("limitExceeded", at, "a frame that is too long")
	}
	if length > len(content)-4 {
		e.wrong(cut, at, "a frame that is cut")
	}
	return 4 + length
}

// plain reads gzip without RL: its frames come before the error that ends it.
func (e *Events) plain() {
	content, starts, failure := gunzipped(e.data, mostContent)
	if failure == nil || len(content) >= 5 {
		e.checkStart(content, true)
	}
	for position := 0; position < len(content); {
		at := 0
		for _, each := range starts {
			if each.content <= position {
				at = each.file
			}
		}
		rest := content[position:]
		isCut := len(rest) < 4 || int(binary.BigEndian.Uint32(rest)) > len(rest)-4 && binary.BigEndian.Uint32(rest) <= mostFrame && binary.BigEndian.Uint32(rest) >= 2
		if failure != nil && isCut {
			break // its end has not been found
		}
		position += e.one(rest, at, "truncated")
	}
	if failure != nil {
		panic(failure)
	}
	e.done = true
}

func (e *Events) members() {
	at := e.at
	if at == len(e.data) {
		if e.index >= 0 && !e.ended {
			fail("malformedIndex", e.index, "an index without an end")
		}
		e.done = true
		return
	}
	if e.ended {
		fail("trailingData", at, "bytes after the end")
	}
	m := readMember(e.data, at)
	if m == nil {
		fail("malformedMember", at, "a member without RL after one with it")
	}
	if at == 0 && m.kind != 1 {
		fail("notARecording", 0, "a first member that holds no data")
	}
	if m.kind == 1 && (e.Summary != nil || e.index >= 0) {
		fail("malformedMember", at, "a data member after the finish frame or the index")
	}
	content := m.inflate(e.data)
	e.at = m.end
	switch m.kind {
	case 1:
		e.dataMember(m, content, at)
	case 2:
		e.indexMember(content, at)
	default:
		target := e.index
		if target < 0 && len(e.entries) == 1 {
			target = 0
		}
		if e.Summary == nil || target < 0 || m.numbers[0] != uint64(target) {
			fail("malformedIndex", at, "an end that does not agree with the members")
		}
		e.ended = true
	}
}

func (e *Events) dataMember(m *member, content []byte, at int) {
	if at == 0 && len(content) == 0 {
		fail("notARecording", 0, "a first member without a frame")
	}
	first, before, hadSummary := e.count, len(e.pending), e.Summary != nil
	hadHeader, startsWithKeyframe := e.Header != nil, false
	for position := 0; position < len(content); {
		isKeyframe := e.isKeyframe(content[position:])
		startsWithKeyframe = startsWithKeyframe || position == 0 && isKeyframe
		position += e.one(content[position:], at, "malformedFrame")
	}
	flags, low, high := 0, int64(0), int64(0)
	for index, event := range e.pending[before:] {
		if index == 0 || event.Offset < low {
			low = event.Offset
		}
		if event.Offset > high {
			high = event.Offset
		}
	}
	if startsWithKeyframe {
		flags |= 1
	}
	if !hadHeader {
		flags |= 2
	}
	if !hadSummary && e.Summary != nil {
		flags |= 4
	}
	numbers := []uint64{uint64(len(content)), uint64(first), uint64(e.count - first), uint64(low), uint64(high - low)}
	for index, value := range numbers {
		if m.numbers[index] != value {
			fail("malformedMember", at, "a member that does not hold what it declares")
		}
	}
	if m.flags&7 != flags {
		fail("malformedMember", at, "flags that are not what the member holds")
	}
	e.entries = append(e.entries, entry{at, m.end - at, len(content), first, e.count - first, low, high, flags&1 != 0})
}

// isKeyframe says whether a content starts with a keyframe, as far as can be told before it is checked.
func (e *Events) isKeyframe(content []byte) bool {
	if len(content) < 5 || int(binary.BigEndian.Uint32(content)) > len(content)-4 {
		return false
	}
	term, err := Decode(content[4 : 4+binary.BigEndian.Uint32(content)])
	tuple, isTuple := term.(Tuple)
	return err == nil && isTuple && len(tuple) > 0 && tuple[0] == Term(Atom("keyframe"))
}

func (e *Events) indexMember(content []byte, at int) {
	if len(content) == 0 {
		fail("malformedIndex", at, "an index member without an index")
	}
	length := e.length(content, at, "malformedFrame")
	entries := indexEntries(e.term(content[4:length], at), at)
	if length < len(content) || e.index >= 0 {
		fail("malformedFrame", at, "a second frame in an index member, or a second index")
	}
	isSame := e.Summary != nil && len(entries) == len(e.entries)
	for index := range entries {
		isSame = isSame && entries[index] == e.entries[index]
	}
	if !isSame {
		fail("malformedIndex", at, "an index that does not agree with the members")
	}
	e.index = at
}

// Frames (recording.md §6)

func (e *Events) term(packet []byte, at int) Term {
	term, isWhole := e.decode(packet, at)
	if _, isLocal := term.(Local); isLocal || !isWhole {
		e.wrong("malformedFrame", at, "bytes after the term, or a term that only its node reads")
	}
	return term
}

// decode reads the term of a frame, and says whether it is all that the frame holds.
func (e *Events) decode(packet []byte, at int) (term Term, isWhole bool) {
	defer func() {
		if found := recover(); found != nil {
			reason, ok := found.(*Error)
			if !ok {
				panic(found)
			}
			kind := "malformedTerm"
			if reason.Kind == "limitExceeded" {
				kind = reason.Kind
			}
			e.wrong(kind, at, reason.What)
		}
	}()
	term, used, left := decodePrefix(packet)
	return term, used == len(packet) && left == 0
}

func (e *Events) take(packet []byte, at int) {
	term := e.term(packet, at)
	malformed := func(what string) { e.wrong("malformedFrame", at, what) }
	tuple, isTuple := term.(Tuple)
	var name Term
	if isTuple && len(tuple) > 0 {
		name, _ = tuple[0].(Atom)
	}
	atom, _ := name.(Atom)
	isControl := isTuple && len(tuple) > 0 && isAtom(tuple[0])
	if (e.Header == nil) != (isControl && atom == "recording") {
		if e.Header != nil && isControl && atom == "recording" {
			headerOf(tuple, at, malformed) // its version comes first
		}
		malformed("the first frame, and no other, is the header")
	}
	switch {
	case isControl && atom == "recording":
		e.header(tuple, malformed)
	case isControl && atom == "keyframe":
		if !isKeyframe(tuple) || tuple[1] != Term(int64(e.count)) || e.Summary != nil {
			malformed("a keyframe that is none, or in the wrong place")
		}
	case isControl && atom == "finish":
		e.finish(tuple, malformed)
	case isControl && atom == "index":
		if e.form == "members" || e.hasIndex {
			malformed("an index where none may be")
		}
		indexEntries(term, at)
		e.hasIndex = true
	case isControl:
	default:
		batch, isBatch := term.(List)
		if !isBatch {
			batch = List{term}
		}
		if len(batch) == 0 || e.Summary != nil {
			malformed("an empty batch, or events after the finish frame")
		}
		for _, each := range batch {
			e.append(each, malformed)
		}
	}
}

func isAtom(term Term) bool {
	_, is := term.(Atom)
	return is
}

// number is an integer from 0 to 2^63 - 1.
func number(term Term) (int64, bool) {
	value, is := term.(int64)
	return value, is && value >= 0
}

func (e *Events) header(tuple Tuple, malformed func(string)) {
	e.Header = headerOf(tuple, 0, malformed)
}

// headerOf has the fields of a header.
func headerOf(tuple Tuple, at int, malformed func(string)) Map {
	if len(tuple) < 3 {
		malformed("a header without a version and fields")
	}
	version, _ := tuple[1].(Tuple)
	if len(version) != 2 {
		malformed("a version that is none")
	}
	for _, part := range version {
		if value, is := number(part); !is || value > 255 {
			malformed("a version that is none")
		}
	}
	if version[0] != Term(int64(1)) {
		fail("unsupportedVersion", at, "this reads version 1")
	}
	fields, isMap := tuple[2].(Map)
	for _, pair := range fields {
		isMap = isMap && isAtom(pair.Key)
	}
	if !isMap {
		malformed("fields that are no map of atoms")
	}
	if fields == nil {
		fields = Map{}
	}
	return fields
}

func isKeyframe(tuple Tuple) bool {
	if len(tuple) < 3 {
		return false
	}
	state, isMap := tuple[2].(Map)
	_, hasAssigns := state.Get("assigns").(Map)
	components, areComponents := state.Get("components").(Map)
	if state.Get("components") == nil {
		areComponents = true
	}
	for _, pair := range components {
		key, isTuple := pair.Key.(Tuple)
		_, isAssigns := pair.Value.(Map)
		areComponents = areComponents && isTuple && len(key) == 2 && isAssigns
	}
	return isMap && hasAssigns && areComponents
}

func (e *Events) finish(tuple Tuple, malformed func(string)) {
	var fields Map
	if len(tuple) > 1 {
		fields, _ = tuple[1].(Map)
	}
	events, hasEvents := number(fields.Get("events"))
	duration, hasDuration := number(fields.Get("duration"))
	if !hasEvents || !hasDuration || events != int64(e.count) || e.Summary != nil {
		malformed("a finish frame that is none, or counts other events")
	}
	kinds, _ := fields.Get("kinds").(Map)
	names, _ := fields.Get("names").(Map)
	for _, pair := range kinds {
		if _, is := number(pair.Value); !is || !isAtom(pair.Key) {
			malformed("kinds that are no counts")
		}
	}
	for _, pair := range names {
		key, isBinary := pair.Key.([]byte)
		if _, is := number(pair.Value); !is || !isBinary || !validText(key) {
			malformed("names that are no counts")
		}
	}
	summary := &Summary{Events: events, Duration: duration, Kinds: kinds, Names: names, Reason: "closed"}
	summary.Errors, _ = number(fields.Get("errors"))
	if reason, is := fields.Get("reason").(Atom); is {
		summary.Reason = reason
	}
	if summary.Errors < 0 {
		summary.Errors = 0
	}
	e.Summary = summary
}

func validText(data []byte) bool { return bytes.Equal(bytes.ToValidUTF8(data, []byte{'?'}), data) }

func (e *Events) append(term Term, malformed func(string)) {
	tuple, _ := term.(Tuple)
	if len(tuple) < 3 {
		malformed("an event that is none")
	}
	offset, isOffset := number(tuple[0])
	kind, isKind := tuple[1].(Atom)
	if !isOffset || !isKind {
		malformed("an event that is none")
	}
	e.pending = append(e.pending, Event{e.count, offset, kind, tuple[2], tuple[3:]})
	e.count++
}

func indexEntries(term Term, at int) []entry {
	malformed := func() { fail("malformedFrame", at, "no index") }
	tuple, _ := term.(Tuple)
	if len(tuple) < 2 || tuple[0] != Term(Atom("index")) {
		malformed()
	}
	list, isList := tuple[1].(List)
	if !isList {
		malformed()
	}
	if len(list) > mostEntries {
		fail("limitExceeded", at, "an index of too many entries")
	}
	entries := make([]entry, len(list))
	for index, each := range list {
		parts, _ := each.(Tuple)
		if len(parts) < 8 {
			malformed()
		}
		var numbers [7]int64
		for place := range numbers {
			value, is := number(parts[place])
			if !is {
				malformed()
			}
			numbers[place] = value
		}
		keyframe, isKeyframe := parts[7].(Atom)
		if !isKeyframe || keyframe != "true" && keyframe != "false" {
			malformed()
		}
		n := numbers
		entries[index] = entry{int(n[0]), int(n[1]), int(n[2]), int(n[3]), int(n[4]), n[5], n[6], keyframe == "true"}
	}
	return entries
}

// memberStart is where a gzip member starts in the content of a file, and in the file.
type memberStart struct{ content, file int }

// gunzipped gives the content of gzip without RL, at least up to a limit, where its members start, and what ends it early.
func gunzipped(data []byte, limit int) (content []byte, starts []memberStart, failure *Error) {
	for at := 0; at < len(data) && failure == nil && len(content) < limit; {
		starts = append(starts, memberStart{len(content), at})
		var err error
		func() {
			defer catch(&err)
			header := readHeader(data, at)
			if readMember(data, at) != nil {
				fail("malformedMember", at, "a member with RL after one without")
			}
			piece, used, kind := inflate(data[header.end:], int64(limit))
			content = append(content, piece...)
			if kind != "" {
				fail(kind, at, "deflate data that is cut or damaged")
			}
			if len(piece) == limit {
				return
			}
			end := header.end + used
			if len(data)-end < 8 {
				fail("truncated", at, "a trailer that is cut")
			}
			checkTrailer(data[end:end+8], piece, at)
			at = end + 8
		}()
		failure, _ = err.(*Error)
	}
	return content, starts, failure
}

// Members (recording.md §5)

type header struct {
	payload []byte // of RL, nil when there is none
	end     int    // where the deflate data starts
	checked bool   // whether there was FHCRC
}

// readHeader reads the header of the gzip member there: steps 1 to 3 of §5.3.
func readHeader(data []byte, at int) header {
	start := data[at:]
	if start[0] != 0x1F || len(start) > 1 && start[1] != 0x8B {
		kind := "trailingData"
		if at == 0 {
			kind = "notARecording"
		}
		fail(kind, at, "bytes that start no member")
	}
	if len(start) > 2 && start[2] != 8 || len(start) > 3 && start[3]&0xE0 != 0 {
		fail("malformedMember", at, "no header of a gzip member")
	}
	position := 0
	take := func(count int) []byte {
		if count > len(start)-position {
			fail("truncated", at, "a header that is cut")
		}
		position += count
		return start[position-count : position]
	}
	flags := take(10)[3]
	var extra []byte
	if flags&4 != 0 {
		extra = take(int(binary.LittleEndian.Uint16(take(2))))
	}
	for _, flag := range []byte{8, 16} {
		if flags&flag != 0 {
			end := bytes.IndexByte(start[position:], 0)
			if end < 0 {
				end = len(start)
			}
			take(end + 1)
		}
	}
	if flags&2 != 0 {
		sum := uint16(crc32.ChecksumIEEE(start[:position]))
		if binary.LittleEndian.Uint16(take(2)) != sum {
			fail("checksum", at, "a header that has been changed")
		}
	}
	found := header{end: at + position, checked: flags&2 != 0}
	for len(extra) > 0 {
		if len(extra) < 4 || len(extra)-4 < int(binary.LittleEndian.Uint16(extra[2:])) {
			fail("malformedMember", at, "subfields that do not fill their length")
		}
		length := 4 + int(binary.LittleEndian.Uint16(extra[2:]))
		if string(extra[:2]) == "RL" && found.payload == nil {
			found.payload = extra[4:length]
		}
		extra = extra[length:]
	}
	return found
}

type member struct {
	at, start, end int
	kind, flags    int
	major, minor   int
	numbers        []uint64
}

// readMember reads the header of an RL member: steps 1 to 6 of §5.3, and what comes before its content. It is nil when
// the member has no RL.
func readMember(data []byte, at int) *member {
	head := readHeader(data, at)
	malformed := func(what string) { fail("malformedMember", at, what) }
	payload := head.payload
	if payload == nil {
		return nil
	}
	if len(payload) < 8 {
		malformed("RL is too short")
	}
	if payload[0] != 1 {
		fail("unsupportedVersion", at, "this reads version 1")
	}
	length := int(binary.LittleEndian.Uint32(payload[4:]))
	m := &member{at: at, start: head.end, end: at + length, kind: int(payload[2]), flags: int(payload[3]), major: 1, minor: int(payload[1])}
	if !head.checked || length <= head.end-at+8 {
		malformed("no checksum of the header, or no room for deflate data")
	}
	rest := payload[8:]
	count, known := map[int]int{1: 5, 2: 1, 3: 0}[m.kind]
	if !known {
		malformed("an unknown kind")
	}
	for len(m.numbers) < count {
		value, used := binary.Uvarint(rest)
		if used <= 0 || used > 9 || used > 1 && rest[used-1] == 0 || value > largest {
			malformed("a number that is not there, or not valid")
		}
		m.numbers, rest = append(m.numbers, value), rest[used:]
	}
	if m.kind == 3 {
		if len(rest) < 8 {
			malformed("a number that is not there")
		}
		m.numbers = []uint64{binary.LittleEndian.Uint64(rest)}
	}
	if m.kind == 1 && (m.numbers[1]+m.numbers[2] > largest || m.numbers[3]+m.numbers[4] > largest) {
		malformed("a sum that is too large")
	}
	return m
}

// inflate gives the content of a member: steps 7 to 9 of §5.3.
func (m *member) inflate(data []byte) []byte {
	malformed := func(what string) { fail("malformedMember", m.at, what) }
	declared := 0
	if m.kind != 3 {
		if m.numbers[0] > mostMember {
			fail("limitExceeded", m.at, "a content that is too long")
		}
		declared = int(m.numbers[0])
	}
	if declared/1032 > m.end-m.start-8 {
		malformed("more than deflate can make")
	}
	if m.end > len(data) {
		fail("truncated", m.at, "the file ends inside a member")
	}
	content, used, kind := inflate(data[m.start:m.end-8], int64(declared)+1)
	if kind != "" || used != m.end-8-m.start || len(content) > declared {
		malformed("deflate data that does not end where the member declares")
	}
	checkTrailer(data[m.end-8:m.end], content, m.at)
	if len(content) != declared || m.kind == 3 && m.end-m.at != 44 {
		malformed("another length than declared")
	}
	return content
}

func checkTrailer(trailer, content []byte, at int) {
	if binary.LittleEndian.Uint32(trailer) != crc32.ChecksumIEEE(content) {
		fail("checksum", at, "a content that has been changed")
	}
	if binary.LittleEndian.Uint32(trailer[4:]) != uint32(len(content)) {
		fail("malformedMember", at, "another length than in the trailer")
	}
}

// inflate gives what deflate data inflates to, up to a limit, how many of its bytes it has, and what is wrong with it.
func inflate(data []byte, limit int64) ([]byte, int, string) {
	source := bytes.NewReader(data)
	content, err := io.ReadAll(io.LimitReader(flate.NewReader(source), limit))
	kind := ""
	if errors.Is(err, io.ErrUnexpectedEOF) {
		kind = "truncated"
	} else if err != nil {
		kind = "malformedMember"
	}
	return content, len(data) - source.Len(), kind
}
