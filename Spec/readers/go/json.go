package reel

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// JSON is the text of a term in the plain mapping (json.md §3).
func JSON(term Term) string { return text(term, plain) }

// TaggedJSON is the text of a term in the tagged mapping, which loses nothing (json.md §4).
func TaggedJSON(term Term) string { return text(term, tagged) }

func text(term Term, write func(*strings.Builder, Term)) string {
	var out strings.Builder
	write(&out, term)
	return out.String()
}

func quote(out *strings.Builder, text string) {
	out.WriteByte('"')
	for _, character := range text {
		switch {
		case character == '"' || character == '\\':
			out.WriteByte('\\')
			out.WriteRune(character)
		case character < 0x20 || character == 0x7F:
			fmt.Fprintf(out, `\u%04x`, character)
		default:
			out.WriteRune(character)
		}
	}
	out.WriteByte('"')
}

func quoted(text string) string {
	var out strings.Builder
	quote(&out, text)
	return out.String()
}

func base64Of(data []byte) string { return `"` + base64.StdEncoding.EncodeToString(data) + `"` }

var literals = map[Atom]string{"true": "true", "false": "false", "nil": "null"}

func float(value float64) string {
	text := strconv.FormatFloat(value, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

func join(out *strings.Builder, terms []Term, write func(*strings.Builder, Term)) {
	for index, term := range terms {
		if index > 0 {
			out.WriteByte(',')
		}
		write(out, term)
	}
}

// longHexadecimal is the text of an integer of more than 262,144 bits, else nothing.
func longHexadecimal(value *big.Int) string {
	if value.BitLen() <= 262_144 {
		return ""
	}
	sign := ""
	if value.Sign() < 0 {
		sign = "-"
	}
	return `"` + sign + "0x" + new(big.Int).Abs(value).Text(16) + `"`
}

func tagged(out *strings.Builder, term Term) {
	switch value := term.(type) {
	case int64:
		out.WriteString(strconv.FormatInt(value, 10))
	case *big.Int:
		if long := longHexadecimal(value); long != "" {
			out.WriteString(`{"$integer":` + long + "}")
		} else {
			out.WriteString(value.String())
		}
	case float64:
		out.WriteString(float(value))
	case Atom:
		if literal, is := literals[value]; is {
			out.WriteString(literal)
		} else {
			out.WriteString(`{"$atom":` + quoted(string(value)) + "}")
		}
	case []byte:
		if utf8.Valid(value) {
			quote(out, string(value))
		} else {
			out.WriteString(`{"$binary":` + base64Of(value) + "}")
		}
	case Bits:
		fmt.Fprintf(out, `{"$bits":%s,"size":%d}`, base64Of(value.Data), value.Size)
	case List:
		out.WriteByte('[')
		join(out, value, tagged)
		out.WriteByte(']')
	case Improper:
		out.WriteByte('[')
		join(out, value.Elements, tagged)
		out.WriteString(`,{"$tail":` + TaggedJSON(value.Tail) + "}]")
	case Tuple:
		out.WriteString(`{"$tuple":[`)
		join(out, value, tagged)
		out.WriteString("]}")
	case Map:
		taggedMap(out, value)
	case Local:
		out.WriteString(`{"$local":` + base64Of(value) + "}")
	case Pid:
		out.WriteString(`{"$pid":` + pidFields(value) + "}")
	case Port:
		fmt.Fprintf(out, `{"$port":{"node":%s,"number":%d,"creation":%d}}`, quoted(string(value.Node)), value.Number, value.Creation)
	case Reference:
		words := strings.ReplaceAll(strings.Trim(fmt.Sprint(value.Words), "[]"), " ", ",")
		fmt.Fprintf(out, `{"$ref":{"node":%s,"creation":%d,"words":[%s]}}`, quoted(string(value.Node)), value.Creation, words)
	case Function:
		fmt.Fprintf(out, `{"$fun":{"module":%s,"function":%s,"arity":%d}}`, quoted(string(value.Module)), quoted(string(value.Name)), value.Arity)
	case Closure:
		fmt.Fprintf(out, `{"$closure":{"module":%s,"arity":%d,"index":%d,"uniq":%s,"old_index":%d,"old_uniq":%d,"creator":%s,"free":[`,
			quoted(string(value.Module)), value.Arity, value.Index, base64Of(value.Uniq), value.OldIndex, value.OldUniq, pidFields(value.Creator))
		join(out, value.Free, tagged)
		out.WriteString("]}}")
	case Record:
		fmt.Fprintf(out, `{"$record":{"module":%s,"name":%s,"exported":%t,"fields":[`,
			quoted(string(value.Module)), quoted(string(value.Name)), value.IsExported)
		for index, field := range value.Fields {
			if index > 0 {
				out.WriteByte(',')
			}
			out.WriteString("[" + quoted(string(field.Name)) + ",")
			tagged(out, field.Value)
			out.WriteByte(']')
		}
		out.WriteString("]}}")
	}
}

func pidFields(pid Pid) string {
	return fmt.Sprintf(`{"node":%s,"number":%d,"serial":%d,"creation":%d}`, quoted(string(pid.Node)), pid.Number, pid.Serial, pid.Creation)
}

func taggedMap(out *strings.Builder, pairs Map) {
	isObject := true
	for _, pair := range pairs {
		key, isBinary := pair.Key.([]byte)
		isObject = isObject && isBinary && utf8.Valid(key) && !strings.HasPrefix(string(key), "$")
	}
	if isObject {
		out.WriteByte('{')
	} else {
		out.WriteString(`{"$map":[`)
	}
	for index, pair := range pairs {
		if index > 0 {
			out.WriteByte(',')
		}
		if isObject {
			out.WriteString(TaggedJSON(pair.Key) + ":")
			tagged(out, pair.Value)
		} else {
			out.WriteByte('[')
			join(out, []Term{pair.Key, pair.Value}, tagged)
			out.WriteByte(']')
		}
	}
	if isObject {
		out.WriteByte('}')
	} else {
		out.WriteString("]}")
	}
}

func plain(out *strings.Builder, term Term) {
	switch value := term.(type) {
	case *big.Int:
		if long := longHexadecimal(value); long != "" {
			out.WriteString(long)
		} else {
			out.WriteString(value.String())
		}
	case Atom:
		if literal, is := literals[value]; is {
			out.WriteString(literal)
		} else {
			quote(out, string(value))
		}
	case []byte:
		if utf8.Valid(value) {
			quote(out, string(value))
		} else {
			out.WriteString(`{"base64":` + base64Of(value) + "}")
		}
	case Bits:
		fmt.Fprintf(out, `{"base64":%s,"bits":%d}`, base64Of(value.Data), value.Size)
	case List:
		out.WriteByte('[')
		join(out, value, plain)
		out.WriteByte(']')
	case Tuple:
		plain(out, List(value))
	case Improper:
		plain(out, append(append(List{}, value.Elements...), value.Tail))
	case Map:
		names := newNames()
		out.WriteByte('{')
		for index, pair := range value {
			if index > 0 {
				out.WriteByte(',')
			}
			quote(out, names.of(pair.Key))
			out.WriteByte(':')
			if module, isAtom := pair.Value.(Atom); isAtom && pair.Key == Term(Atom("__struct__")) {
				quote(out, Inspect(module))
			} else {
				plain(out, pair.Value)
			}
		}
		out.WriteByte('}')
	case Record:
		names := newNames("__record__")
		out.WriteString(`{"__record__":` + quoted(string(value.Module+":"+value.Name)))
		for _, field := range value.Fields {
			out.WriteString("," + quoted(names.of(field.Name)) + ":")
			plain(out, field.Value)
		}
		out.WriteByte('}')
	case int64, float64:
		tagged(out, value)
	default:
		quote(out, Inspect(value))
	}
}

// names gives the keys of an object their texts (json.md §3.7, §3.8).
type names struct {
	taken   map[string]bool
	numbers map[string]int
}

func newNames(taken ...string) *names {
	result := &names{map[string]bool{}, map[string]int{}}
	for _, name := range taken {
		result.taken[name] = true
	}
	return result
}

func (n *names) of(key Term) string {
	var name string
	switch value := key.(type) {
	case Atom:
		if value != "nil" {
			name = string(value)
		}
	case []byte:
		if name = string(value); !utf8.Valid(value) {
			name = Inspect(value)
		}
	default:
		name = Inspect(value)
	}
	free := name
	for n.taken[free] {
		if n.numbers[name] == 0 {
			n.numbers[name] = 1
		}
		n.numbers[name]++
		free = name + "#" + strconv.Itoa(n.numbers[name])
	}
	n.taken[free] = true
	return free
}

// HeaderLine is the first of the lines of a recording (json.md §2.2).
func HeaderLine(fields Map) string { return "{" + headerPairs(fields, plain) + "}" }

func headerPairs(fields Map, write func(*strings.Builder, Term)) string {
	names := newNames("events")
	pairs := make([]string, len(fields))
	for index, pair := range ordered(fields) {
		isPlain := text(Atom("x"), write) == `"x"`
		module, isAtom := pair.Value.(Atom)
		isNamed := pair.Key == Term(Atom("view")) || pair.Key == Term(Atom("__struct__"))
		value := text(pair.Value, write)
		if isPlain && isAtom && isNamed && module != "nil" {
			value = quoted(Inspect(module))
		}
		pairs[index] = quoted(names.of(pair.Key)) + ":" + value
	}
	return strings.Join(pairs, ",")
}

// Line is the event as an object of the plain mapping.
func (e Event) Line() string { return e.object(plain) }

func (e Event) object(write func(*strings.Builder, Term)) string {
	more := ""
	if len(e.Extra) > 0 {
		var extra strings.Builder
		join(&extra, e.Extra, write)
		more = `,"extra":[` + extra.String() + "]"
	}
	return fmt.Sprintf(`{"offset":%d,"type":%s,"payload":%s%s}`, e.Offset, quoted(string(e.Kind)), text(e.Payload, write), more)
}

// Line is the last of the lines of a recording that is finished.
func (s *Summary) Line() string {
	kinds := make([]string, len(s.Kinds))
	for index, pair := range s.Kinds {
		kind, _ := pair.Key.(Atom)
		kinds[index] = quoted(string(kind)) + ":" + JSON(pair.Value)
	}
	return fmt.Sprintf(`{"summary":{"duration":%d,"errors":%d,"events":%d,"kinds":{%s},"names":%s,"reason":%s}}`,
		s.Duration, s.Errors, s.Events, strings.Join(kinds, ","), JSON(s.Names), quoted(string(s.Reason)))
}

// Document is a whole recording as one object (json.md §2.1), in the plain or the tagged mapping.
func Document(fields Map, events []Event, isTagged bool) string {
	write := plain
	if isTagged {
		write = tagged
	}
	objects := make([]string, len(events))
	for index, event := range events {
		objects[index] = event.object(write)
	}
	pairs := headerPairs(fields, write)
	if pairs != "" {
		pairs += ","
	}
	return "{" + pairs + `"events":[` + strings.Join(objects, ",") + "]}"
}
