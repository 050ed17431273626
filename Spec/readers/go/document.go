package reel

import (
	"bytes"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	mostSpace   = 1 << 16
	mostDigits  = 78_914
	fieldDepth  = 1021
	eventDepth  = 1022
	mostNames   = 1024
	whiteSpaces = " \t\n\r"
)

// IsDocument says whether a file starts like a JSON object, bare or in gzip.
func IsDocument(data []byte) bool {
	content := data
	if bytes.HasPrefix(data, []byte{0x1F, 0x8B}) {
		content, _, _ = gunzipped(data, mostSpace)
	}
	if len(content) > mostSpace {
		content = content[:mostSpace]
	}
	return bytes.HasPrefix(bytes.TrimLeft(content, whiteSpaces), []byte("{"))
}

// ReadDocument reads a JSON document as the recording that it becomes (json.md §5.3). Of one that is torn it gives what is
// there.
func ReadDocument(data []byte) (*Events, error) {
	content, torn := data, (*Error)(nil)
	if bytes.HasPrefix(data, []byte{0x1F, 0x8B}) {
		content, _, torn = gunzipped(data, mostContent)
	}
	document := &document{text: content}
	var failure error
	func() {
		defer catch(&failure)
		document.read()
	}()
	reason, _ := failure.(*Error)
	if torn != nil && (reason == nil || reason.Offset == len(content)) {
		reason = torn
	}
	if reason == nil && !document.hasEvents {
		reason = &Error{"notARecording", 0, "an object without events"}
	}
	isRefused := reason != nil && (reason.Kind == "notARecording" || reason.Kind == "malformedFrame")
	if isRefused || reason != nil && len(document.events) == 0 {
		if kind, is := documentKinds[reason.Kind]; is {
			reason = &Error{kind, reason.Offset, reason.What}
		}
		return nil, reason
	}
	events := document.events
	return &Events{Header: document.fields, Summary: summarize(events), pending: events, count: len(events), form: "json", done: true}, nil
}

// documentKinds has the errors of json.md §5.4 that have other names here.
var documentKinds = map[string]string{
	"malformed": "malformedTerm", "malformedText": "malformedTerm", "duplicateKey": "malformedTerm", "trailingBytes": "trailingData",
}

// document reads JSON, and has what has been read of it.
type document struct {
	text   []byte
	at     int
	fields Map
	events []Event

	hasEvents bool
}

func (d *document) read() {
	if d.peek(); d.at == len(d.text) {
		fail("truncated", d.at, "no document")
	}
	if d.peek() != '{' {
		fail("notARecording", 0, "no object")
	}
	keys := map[string]bool{}
	d.each('}', func() {
		key := d.key(keys)
		switch {
		case utf8.RuneCountInString(key) > 255:
			fail("notARecording", 0, "a name that is too long for an atom")
		case key == "events":
			d.readEvents()
		default:
			d.fields = append(d.fields, Pair{Atom(key), field(key, d.bounded(fieldDepth))})
		}
	})
	if d.peek(); d.at < len(d.text) {
		fail("trailingBytes", d.at, "something after the document")
	}
	d.hasEvents = keys["events"]
}

var module = regexp.MustCompile(`^[A-Z][A-Za-z0-9_]*(\.[A-Z][A-Za-z0-9_]*)*$`)

func field(name string, value Term) Term {
	text, isText := value.([]byte)
	if isText && (name == "view" || name == "__struct__") && len(text) <= 248 && module.Match(text) {
		return Atom("Elixir." + string(text))
	}
	return value
}

func (d *document) readEvents() {
	if d.peek() != '[' {
		if d.at == len(d.text) {
			d.unexpected("the events")
		}
		fail("notARecording", 0, "events that are no array")
	}
	d.each(']', func() {
		d.peek()
		start := d.at
		event, isEvent := eventOf(d.bounded(eventDepth))
		if !isEvent {
			fail("malformedFrame", start, "an event without offset, type or payload")
		}
		event.Index = len(d.events)
		d.events = append(d.events, event)
	})
}

func eventOf(term Term) (event Event, isEvent bool) {
	pairs, _ := term.(Map)
	offset, isOffset := number(textKey(pairs, "offset"))
	kind, isText := textKey(pairs, "type").([]byte)
	payload := textKey(pairs, "payload")
	extra, _ := textKey(pairs, "extra").(List)
	isEvent = isOffset && isText && utf8.RuneCount(kind) <= 255 && payload != nil
	return Event{Offset: offset, Kind: Atom(kind), Payload: payload, Extra: extra}, isEvent
}

// textKey is the value of the key that is a binary with this text, or nil.
func textKey(pairs Map, name string) Term {
	for _, pair := range pairs {
		if key, isText := pair.Key.([]byte); isText && string(key) == name {
			return pair.Value
		}
	}
	return nil
}

// bounded reads a value whose text is no longer than a frame may be.
func (d *document) bounded(depth int) Term {
	d.peek()
	start := d.at
	value := d.value(depth)
	if d.at-start > mostFrame {
		fail("limitExceeded", start, "a value of too many bytes")
	}
	return value
}

// summarize says what the finish frame of these events says (recording.md §6.5). Their payloads came from JSON.
func summarize(events []Event) *Summary {
	summary := &Summary{Events: int64(len(events)), Kinds: Map{}, Names: Map{}, Reason: "imported"}
	kinds, names := map[string]int{}, map[string]int{}
	add := func(counts *Map, places map[string]int, name string, key Term) {
		place, is := places[name]
		if !is {
			place = len(*counts)
			places[name], *counts = place, append(*counts, Pair{key, int64(0)})
		}
		(*counts)[place].Value = (*counts)[place].Value.(int64) + 1
	}
	for _, event := range events {
		add(&summary.Kinds, kinds, string(event.Kind), event.Kind)
		if event.Offset > summary.Duration {
			summary.Duration = event.Offset
		}
		payload, _ := event.Payload.(Map)
		text := func(name string) (string, bool) {
			switch value := textKey(payload, name).(type) {
			case []byte:
				return string(value), utf8.Valid(value)
			case Atom:
				return string(value), true
			}
			return "", false
		}
		switch event.Kind {
		case "event":
			name, is := text("name")
			if _, isKnown := names[name]; is && (isKnown || len(names) < mostNames) {
				add(&summary.Names, names, name, []byte(name))
			}
		case "exit":
			summary.Errors++
		case "log":
			switch level, _ := text("level"); level {
			case "error", "critical", "alert", "emergency":
				summary.Errors++
			}
		case "telemetry":
			if value := textKey(payload, "error"); value != nil && value != Term(Atom("nil")) {
				summary.Errors++
			}
		}
	}
	return summary
}

// JSON (json.md §5.2, §5.4)

// peek is the next byte that is no white space, 0 at the end.
func (d *document) peek() byte {
	for d.at < len(d.text) && bytes.IndexByte([]byte(whiteSpaces), d.text[d.at]) >= 0 {
		d.at++
	}
	if d.at == len(d.text) {
		return 0
	}
	return d.text[d.at]
}

func (d *document) unexpected(wanted string) {
	if d.at >= len(d.text) {
		fail("truncated", len(d.text), "the text ends before "+wanted)
	}
	fail("malformed", d.at, "no "+wanted)
}

// each goes through what is between the brackets that start here: read takes an element, or a pair.
func (d *document) each(end byte, read func()) {
	d.at++
	if d.peek() == end {
		d.at++
		return
	}
	for {
		read()
		next := d.peek()
		if next != ',' && next != end {
			d.unexpected("comma or end")
		}
		d.at++
		if next == end {
			return
		}
	}
}

// key takes a key that is none of keys, and the colon after it.
func (d *document) key(keys map[string]bool) string {
	if d.peek() != '"' {
		d.unexpected("key")
	}
	start := d.at
	key := string(d.string())
	if keys[key] {
		fail("duplicateKey", start, "an object that names a key twice")
	}
	keys[key] = true
	if d.peek() != ':' {
		d.unexpected("colon")
	}
	d.at++
	return key
}

// value takes a value in which arrays and objects nest no deeper than this.
func (d *document) value(depth int) Term {
	next := d.peek()
	if (next == '[' || next == '{') && depth == 0 {
		fail("limitExceeded", d.at, "values nest too deep")
	}
	switch {
	case next == '[':
		list := List{}
		d.each(']', func() { list = append(list, d.value(depth-1)) })
		return list
	case next == '{':
		pairs, keys := Map{}, map[string]bool{}
		d.each('}', func() {
			key := d.key(keys)
			pairs = append(pairs, Pair{[]byte(key), d.value(depth - 1)})
		})
		return pairs
	case next == '"':
		return d.string()
	case next == '-' || next >= '0' && next <= '9':
		return d.number()
	}
	for word, atom := range map[string]Atom{"true": "true", "false": "false", "null": "nil"} {
		rest := d.text[d.at:]
		if bytes.HasPrefix(rest, []byte(word)) {
			d.at += len(word)
			return atom
		}
		if len(rest) < len(word) && bytes.HasPrefix([]byte(word), rest) {
			d.at = len(d.text)
		}
	}
	d.unexpected("value")
	return nil
}

func (d *document) number() Term {
	start := d.at
	digits := func() {
		first := d.at
		for d.at < len(d.text) && d.text[d.at] >= '0' && d.text[d.at] <= '9' {
			d.at++
		}
		if d.at == first && d.at < len(d.text) {
			d.at = start
		}
		if d.at == first || d.at == start {
			d.unexpected("digit")
		}
	}
	takes := func(characters string) bool {
		is := d.at < len(d.text) && bytes.IndexByte([]byte(characters), d.text[d.at]) >= 0
		if is {
			d.at++
		}
		return is
	}
	takes("-")
	first := d.at
	digits()
	if d.text[first] == '0' && d.at > first+1 {
		fail("malformed", start, "a number with a zero before it")
	}
	isFloat := takes(".")
	if isFloat {
		digits()
	}
	if takes("eE") {
		isFloat = true
		takes("+-")
		digits()
	}
	if d.at-first > mostDigits {
		fail("limitExceeded", start, "a number of too many characters")
	}
	text := string(d.text[start:d.at])
	if !isFloat {
		value, _ := new(big.Int).SetString(text, 10)
		if value.IsInt64() {
			return value.Int64()
		}
		return value
	}
	value, _ := strconv.ParseFloat(text, 64)
	if math.IsInf(value, 0) {
		fail("limitExceeded", start, "a number that no float holds")
	}
	return value
}

func (d *document) string() []byte {
	start, text := d.at, []byte{}
	for d.at++; ; {
		next := d.byte()
		switch {
		case next == '"':
			d.at++
			if !utf8.Valid(text) {
				fail("malformedText", start, "a string that is not UTF-8")
			}
			return text
		case next == '\\':
			text = append(text, string(d.escape())...)
		case next < 0x20:
			d.unexpected("character of a string")
		default:
			text = append(text, next)
			d.at++
		}
	}
}

// byte is the next byte of a string.
func (d *document) byte() byte {
	if d.at >= len(d.text) {
		d.unexpected("end of the string")
	}
	return d.text[d.at]
}

var jsonEscapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (d *document) escape() rune {
	start := d.at
	d.at++
	if character, is := jsonEscapes[d.byte()]; is {
		d.at++
		return character
	}
	if d.byte() != 'u' {
		fail("malformed", start, "no escape")
	}
	high := d.unit(start)
	if !utf16.IsSurrogate(high) {
		return high
	}
	// Where the text ends, the other half may have been cut.
	if second := d.at; high < 0xDC00 && d.byte() == '\\' {
		d.at++
		if d.byte() == 'u' {
			if pair := utf16.DecodeRune(high, d.unit(second)); pair != utf8.RuneError {
				return pair
			}
		}
	}
	fail("malformedText", start, "half of a surrogate pair")
	return 0
}

// unit takes a u and four hexadecimal digits, of an escape that starts there.
func (d *document) unit(start int) rune {
	value := 0
	for range make([]struct{}, 4) {
		d.at++
		digit, err := strconv.ParseUint(string(d.byte()), 16, 8)
		if err != nil {
			fail("malformed", start, "an escape that lacks a digit")
		}
		value = value<<4 | int(digit)
	}
	d.at++
	return rune(value)
}
