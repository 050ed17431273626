package reel

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Inspect is what Elixir prints for a term, structs as maps (json.md §3.12).
func Inspect(term Term) string {
	switch value := term.(type) {
	case int64:
		return strconv.FormatInt(value, 10)
	case *big.Int:
		if long := longHexadecimal(value); long != "" {
			return strings.Trim(long, `"`)
		}
		return value.String()
	case float64:
		return inspectFloat(value)
	case Atom:
		return inspectAtom(string(value))
	case []byte:
		return inspectBinary(value)
	case Bits:
		last := len(value.Data) - 1
		rest := value.Size % 8
		parts := append(byteTexts(value.Data[:last]), fmt.Sprintf("%d::size(%d)", value.Data[last]>>(8-rest), rest))
		return "<<" + strings.Join(parts, ", ") + ">>"
	case Tuple:
		return "{" + inspectAll(value) + "}"
	case List:
		return inspectList(value)
	case Improper:
		return "[" + inspectAll(value.Elements) + " | " + Inspect(value.Tail) + "]"
	case Map:
		return inspectMap(value)
	case Pid:
		return fmt.Sprintf("#PID<0.%d.%d>", value.Number, value.Serial)
	case Port:
		return fmt.Sprintf("#Port<0.%d>", value.Number)
	case Reference:
		words := "0"
		for index := len(value.Words) - 1; index >= 0; index-- {
			words += "." + strconv.FormatUint(uint64(value.Words[index]), 10)
		}
		return "#Reference<" + words + ">"
	case Function:
		return fmt.Sprintf("&%s.%s/%d", inspectAtom(string(value.Module)), bareName(string(value.Name), true), value.Arity)
	case Closure:
		return fmt.Sprintf("#Function<%d.%d/%d in %s>", value.Index, value.OldUniq, value.Arity, inspectAtom(string(value.Module)))
	case Record:
		fields := make(Map, len(value.Fields))
		for index, field := range value.Fields {
			fields[index] = Pair{field.Name, field.Value}
		}
		return fmt.Sprintf("#Record<%s.%s{%s}>", inspectAtom(string(value.Module)), bareName(string(value.Name), true), keywords(fields))
	case Local:
		return fmt.Sprintf("#Local<%d bytes>", len(value))
	}
	return ""
}

func inspectAll(terms []Term) string {
	texts := make([]string, len(terms))
	for index, term := range terms {
		texts[index] = Inspect(term)
	}
	return strings.Join(texts, ", ")
}

func byteTexts(data []byte) []string {
	texts := make([]string, len(data))
	for index, value := range data {
		texts[index] = strconv.Itoa(int(value))
	}
	return texts
}

func inspectBinary(data []byte) string {
	isText := utf8.Valid(data)
	for _, character := range string(data) {
		isText = isText && printable(character)
	}
	if isText {
		return escaped(string(data))
	}
	return "<<" + strings.Join(byteTexts(data), ", ") + ">>"
}

func inspectList(list List) string {
	characters := make([]byte, 0, len(list))
	for _, term := range list {
		if code, is := term.(int64); is && (code >= 7 && code <= 13 || code == 27 || code >= 32 && code <= 126) {
			characters = append(characters, byte(code))
		}
	}
	if len(list) > 0 && len(characters) == len(list) {
		return "~c" + escaped(string(characters))
	}
	pairs := Map{}
	for _, term := range list {
		if tuple, is := term.(Tuple); is && len(tuple) == 2 && isKey(tuple[0]) {
			pairs = append(pairs, Pair{tuple[0], tuple[1]})
		}
	}
	if len(list) > 0 && len(pairs) == len(list) {
		return "[" + keywords(pairs) + "]"
	}
	return "[" + inspectAll(list) + "]"
}

func inspectMap(pairs Map) string {
	pairs = ordered(pairs)
	areKeys := len(pairs) > 0
	texts := make([]string, len(pairs))
	for index, pair := range pairs {
		areKeys = areKeys && isKey(pair.Key)
		texts[index] = Inspect(pair.Key) + " => " + Inspect(pair.Value)
	}
	if areKeys {
		return "%{" + keywords(pairs) + "}"
	}
	return "%{" + strings.Join(texts, ", ") + "}"
}

func isKey(term Term) bool {
	atom, is := term.(Atom)
	return is && !strings.HasPrefix(string(atom), "Elixir.")
}

func keywords(pairs Map) string {
	texts := make([]string, len(pairs))
	for index, pair := range pairs {
		texts[index] = bareName(string(pair.Key.(Atom)), false) + ": " + Inspect(pair.Value)
	}
	return strings.Join(texts, ", ")
}

var (
	moduleForm = regexp.MustCompile(`^Elixir(\.[A-Z][A-Za-z0-9_]*)+$`)
	bareForm   = regexp.MustCompile(`^[\pL_][\pL\pN\pM_@]*[?!]?$`)
	calledForm = regexp.MustCompile(`^[\p{Ll}\p{Lm}\p{Lo}_][\pL\pN\pM_]*[?!]?$`)
	always     = " ! != !== & && &&& * ** + ++ +++ - -- --- / < <- <<< <<~ <= <> <~ <~> = == === =~ > >= >>> @ ^ \\\\ | |> || ||| ~> ~>> "
	operators  = always + "% %{} -> . .. ... ..// <<>> {} "
	called     = always + ":: <|> ^^^ ~~~ "
)

func inspectAtom(name string) string {
	switch {
	case name == "true" || name == "false" || name == "nil" || name == "Elixir":
		return name
	case moduleForm.MatchString(name):
		return name[len("Elixir."):]
	}
	return ":" + bareName(name, false)
}

// bareName is a name as it is, or in quotes. Letters that are written with marks of their own are not told from others.
func bareName(name string, isCalled bool) string {
	form, known := bareForm, operators
	if isCalled {
		form, known = calledForm, called
	}
	hasMarks := strings.IndexFunc(name, unicode.IsMark) >= 0
	if form.MatchString(name) && name != "Elixir" && !hasMarks || name != "" && !strings.Contains(name, " ") && strings.Contains(known, " "+name+" ") {
		return name
	}
	return escaped(name)
}

func printable(character rune) bool {
	return character >= 7 && character <= 13 || character == 27 || character >= 32 && character < 0x80 ||
		character >= 0xA0 && character != 0xFFFE && character != 0xFFFF
}

var escapes = map[rune]string{0: `\0`, 7: `\a`, 8: `\b`, 9: `\t`, 10: `\n`, 11: `\v`, 12: `\f`, 13: `\r`, 27: `\e`, 34: `\"`, 92: `\\`, 127: `\d`, 0xFEFF: `\uFEFF`}

func escaped(text string) string {
	var out strings.Builder
	for _, character := range text {
		escape, has := escapes[character]
		switch {
		case has:
			out.WriteString(escape)
		case printable(character):
			out.WriteRune(character)
		case character < 256:
			fmt.Fprintf(&out, `\x%02X`, character)
		default:
			fmt.Fprintf(&out, `\x{%X}`, character)
		}
	}
	return `"` + strings.ReplaceAll(out.String(), "#{", `\#{`) + `"`
}

func inspectFloat(value float64) string {
	size := math.Abs(value)
	if size >= 1 && size < 1e16 && value == math.Trunc(value) {
		return strconv.FormatFloat(value, 'f', 1, 64)
	}
	if size == 0 {
		return strings.TrimSuffix(strconv.FormatFloat(value, 'f', 1, 64), "")
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(value, 'e', -1, 64), "e")
	power, _ := strconv.Atoi(exponent)
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	scientific := mantissa + "e" + strconv.Itoa(power)
	decimal := strconv.FormatFloat(value, 'f', -1, 64)
	if size < 1<<53 && strings.Contains(decimal, ".") && (size >= 1 || len(decimal) <= len(scientific)) {
		return decimal
	}
	return scientific
}
