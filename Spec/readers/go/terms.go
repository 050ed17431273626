package reel

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/big"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Term is a term of terms.md §2: *big.Int, int64, float64, []byte for binaries, or one of the types below.
type Term interface{}

type (
	// Atom is an atom by its name.
	Atom string
	// Tuple is a tuple.
	Tuple []Term
	// List is a proper list.
	List []Term
	// Improper is a list whose tail is no list.
	Improper struct {
		Elements []Term
		Tail     Term
	}
	// Map has its pairs in the order in which they stand.
	Map []Pair
	// Pair is a key and its value.
	Pair struct{ Key, Value Term }
	// Bits is a bitstring whose bits are no whole bytes; those that do not count are zero.
	Bits struct {
		Data []byte
		Size int
	}
	// Pid is a process.
	Pid struct {
		Node                     Atom
		Number, Serial, Creation uint32
	}
	// Port is a port.
	Port struct {
		Node     Atom
		Number   uint64
		Creation uint32
	}
	// Reference has its least significant word first.
	Reference struct {
		Node     Atom
		Creation uint32
		Words    []uint32
	}
	// Function is an external function.
	Function struct {
		Module, Name Atom
		Arity        uint32
	}
	// Closure is a local function.
	Closure struct {
		Module            Atom
		Arity             uint8
		Index             uint32
		Uniq              []byte
		OldIndex, OldUniq int32
		Creator           Pid
		Free              []Term
	}
	// Record is a native record; its fields stand in the order in which they were defined.
	Record struct {
		Module, Name Atom
		IsExported   bool
		Fields       []Field
	}
	// Field is a field of a record.
	Field struct {
		Name  Atom
		Value Term
	}
	// Local is LOCAL_EXT: the bytes that only the node which wrote them reads.
	Local []byte
)

// Get is the value of the key that is the atom of this name, or nil.
func (m Map) Get(name Atom) Term {
	for _, pair := range m {
		if pair.Key == Term(name) {
			return pair.Value
		}
	}
	return nil
}

// parser reads one term. Offsets are those of the bytes that it has, plus base.
type parser struct {
	data []byte
	at   int
	base int
}

func (p *parser) fail(kind string, at int, what string) { fail(kind, p.base+at, what) }

func (p *parser) take(count int) []byte {
	if count > len(p.data)-p.at {
		p.fail("truncated", p.at, "the bytes end inside the term")
	}
	p.at += count
	return p.data[p.at-count : p.at]
}

func (p *parser) u8() int     { return int(p.take(1)[0]) }
func (p *parser) u16() int    { return int(binary.BigEndian.Uint16(p.take(2))) }
func (p *parser) u32() uint32 { return binary.BigEndian.Uint32(p.take(4)) }
func (p *parser) u64() uint64 { return binary.BigEndian.Uint64(p.take(8)) }

// counted checks that there are bytes for so many terms.
func (p *parser) counted(count, each int) int {
	if count*each > len(p.data)-p.at {
		p.fail("truncated", p.at, "a count of more than there is")
	}
	return count
}

func (p *parser) terms(count, depth int) []Term {
	terms := make([]Term, 0, count)
	for len(terms) < count {
		terms = append(terms, p.term(depth))
	}
	return terms
}

func (p *parser) term(depth int) Term {
	start := p.at
	tag := p.u8()
	if depth > mostDepth {
		p.fail("limitExceeded", start, "terms nest too deep")
	}
	switch tag {
	case 104:
		return Tuple(p.terms(p.counted(p.u8(), 1), depth+1))
	case 105:
		return Tuple(p.terms(p.counted(int(p.u32()), 1), depth+1))
	case 108:
		return p.list(depth)
	case 116:
		return p.mapping(start, depth)
	case 112:
		return p.closure(depth)
	case 67:
		return p.record(start, depth)
	}
	return p.leaf(tag, start)
}

// leaf reads a term that holds no others, or nothing but the parts of an identifier.
func (p *parser) leaf(tag, start int) Term {
	switch tag {
	case 70:
		return p.finite(math.Float64frombits(p.u64()), start)
	case 77:
		return p.bits(start)
	case 88:
		return Pid{p.atom(), p.u32(), p.u32(), p.creation(4)}
	case 89:
		return Port{p.atom(), uint64(p.u32()), p.creation(4)}
	case 90:
		return p.reference(p.words(), 4)
	case 97:
		return int64(p.u8())
	case 98:
		return int64(int32(p.u32()))
	case 99:
		return p.decimal(start)
	case 100:
		return p.latin1(p.u16(), start)
	case 101:
		reference := Reference{Node: p.atom()}
		reference.Words = p.wordsOf(1, true)
		reference.Creation = p.creation(1)
		return reference
	case 102:
		return Port{p.atom(), uint64(p.u32()), p.creation(1)}
	case 103:
		return Pid{p.atom(), p.u32(), p.u32(), p.creation(1)}
	case 106:
		return List{}
	case 107:
		data := p.take(p.counted(p.u16(), 1))
		list := make(List, len(data))
		for index, value := range data {
			list[index] = int64(value)
		}
		return list
	case 109:
		return append([]byte{}, p.take(p.counted(int(p.u32()), 1))...)
	case 110:
		return p.big(p.u8(), start)
	case 111:
		return p.big(int(p.u32()), start)
	case 113:
		module, name := p.atom(), p.atom()
		return Function{module, name, uint32(p.integer(0))}
	case 114:
		return p.reference(p.words(), 1)
	case 115:
		return p.latin1(p.u8(), start)
	case 118:
		return p.utf8(p.u16(), start)
	case 119:
		return p.utf8(p.u8(), start)
	case 120:
		return Port{p.atom(), p.u64(), p.creation(4)}
	case 68, 69, 82:
		p.fail("distributionTag", start, "a tag that belongs to a connection")
	}
	p.fail("unknownTag", start, "an unknown tag")
	return nil
}

func (p *parser) finite(value float64, start int) float64 {
	if math.IsInf(value, 0) || math.IsNaN(value) {
		p.fail("malformedFloat", start, "a float that is no finite number")
	}
	return value
}

var decimalForm = regexp.MustCompile(`^[+-]?[0-9]+[.,][0-9]+([eE][+-]?[0-9]+)?$`)

func (p *parser) decimal(start int) float64 {
	text, _, found := bytes.Cut(p.take(31), []byte{0})
	if !found || !decimalForm.Match(text) {
		p.fail("malformedFloat", start, "no text of a float")
	}
	value, _ := strconv.ParseFloat(strings.Replace(string(text), ",", ".", 1), 64)
	return p.finite(value, start)
}

func (p *parser) bits(start int) Term {
	length, last := int(p.u32()), p.u8()
	if valid := last >= 1 && last <= 8; length > 0 && !valid || length == 0 && last != 0 {
		p.fail("malformedBitstring", start, "a number of bits that cannot be")
	}
	data := append([]byte{}, p.take(length)...)
	if last == 0 || last == 8 {
		return data
	}
	data[length-1] = data[length-1] >> (8 - last) << (8 - last)
	return Bits{data, 8*length - 8 + last}
}

func (p *parser) latin1(length, start int) Atom {
	if length > 255 {
		p.fail("malformedAtom", start, "a name that is too long")
	}
	var name strings.Builder
	for _, character := range p.take(length) {
		name.WriteRune(rune(character))
	}
	return Atom(name.String())
}

func (p *parser) utf8(length, start int) Atom {
	if length > 4*255 {
		p.fail("malformedAtom", start, "a name that is too long")
	}
	name := p.take(length)
	if !utf8.Valid(name) || utf8.RuneCount(name) > 255 {
		p.fail("malformedAtom", start, "a name that is not UTF-8, or too long")
	}
	return Atom(name)
}

func (p *parser) big(length, start int) Term {
	sign := p.u8()
	magnitude := append([]byte{}, p.take(length)...)
	if length > 4_194_296 {
		p.fail("limitExceeded", start, "an integer that is too long")
	}
	for one, other := 0, length-1; one < other; one, other = one+1, other-1 {
		magnitude[one], magnitude[other] = magnitude[other], magnitude[one]
	}
	value := new(big.Int).SetBytes(magnitude)
	if sign != 0 {
		value.Neg(value)
	}
	if value.IsInt64() {
		return value.Int64()
	}
	return value
}

// part reads what stands where nothing but these tags may.
func (p *parser) part(tags ...int) (Term, int) {
	start := p.at
	tag := p.u8()
	for _, each := range tags {
		if tag == each {
			return p.leaf(tag, start), start
		}
	}
	p.fail("malformedIdentifier", start, "a part of the wrong type")
	return nil, 0
}

func (p *parser) atom() Atom {
	term, _ := p.part(100, 115, 118, 119)
	return term.(Atom)
}

func (p *parser) integer(lowest int64) int64 {
	term, start := p.part(97, 98, 110, 111)
	value, isSmall := term.(int64)
	if !isSmall || value < lowest || value >= 1<<59 {
		p.fail("malformedIdentifier", start, "an integer out of range")
	}
	return value
}

func (p *parser) creation(size int) uint32 {
	start := p.at
	if size == 4 {
		return p.u32()
	}
	value := p.u8()
	if value > 3 {
		p.fail("malformedIdentifier", start, "an old creation above 3")
	}
	return uint32(value)
}

func (p *parser) words() int {
	count := p.u16()
	if count < 1 || count > 5 {
		// The number of words counts as the reference's tag.
		p.fail("malformedIdentifier", p.at-3, "a reference of no words, or of too many")
	}
	return count
}

func (p *parser) reference(count, creation int) Reference {
	reference := Reference{Node: p.atom(), Creation: p.creation(creation)}
	reference.Words = p.wordsOf(count, creation == 1)
	return reference
}

func (p *parser) wordsOf(count int, isOld bool) []uint32 {
	start := p.at
	data := p.take(4 * count)
	words := make([]uint32, count)
	for index := range words {
		words[index] = binary.BigEndian.Uint32(data[4*index:])
	}
	if isOld && words[0] >= 1<<18 {
		p.fail("malformedIdentifier", start, "a first word of more than 18 bits")
	}
	return words
}

func (p *parser) list(depth int) Term {
	var elements List
	for {
		elements = append(elements, p.terms(p.counted(int(p.u32()), 1), depth+1)...)
		if p.at < len(p.data) && p.data[p.at] == 108 {
			p.at++ // a tail that is a list goes on with it
			continue
		}
		if len(elements) == 0 {
			return p.term(depth) // a list of no elements is its tail
		}
		tail := p.term(depth + 1)
		if rest, isList := tail.(List); isList {
			return append(elements, rest...)
		}
		return Improper{elements, tail}
	}
}

func (p *parser) mapping(start, depth int) Map {
	count := p.counted(int(p.u32()), 2)
	pairs, keys := make(Map, 0, count), make(map[string]bool, count)
	for len(pairs) < count {
		key := p.term(depth + 1)
		pairs = append(pairs, Pair{key, p.term(depth + 1)})
		keys[identity(key)] = true
	}
	if len(keys) < count {
		p.fail("duplicateKey", start, "a key that stands twice")
	}
	return pairs
}

func (p *parser) closure(depth int) Closure {
	p.u32()
	closure := Closure{Arity: uint8(p.u8()), Uniq: append([]byte{}, p.take(16)...), Index: p.u32()}
	start := p.at
	count := int(p.u32())
	if count > 255 {
		p.fail("malformedIdentifier", start, "more than 255 free variables")
	}
	closure.Module = p.atom()
	closure.OldIndex, closure.OldUniq = int32(p.integer(-1<<59)), int32(p.integer(-1<<59))
	creator, _ := p.part(88, 103)
	closure.Creator = creator.(Pid)
	closure.Free = p.terms(p.counted(count, 1), depth+1)
	return closure
}

func (p *parser) record(start, depth int) Record {
	count := int(p.u32())
	record := Record{IsExported: p.u8()&1 == 1}
	record.Module, record.Name = p.atom(), p.atom()
	p.counted(count, 3)
	names := make(map[Atom]bool, count)
	for len(record.Fields) < count {
		name := p.atom()
		names[name] = true
		record.Fields = append(record.Fields, Field{Name: name})
	}
	if len(names) < count {
		p.fail("duplicateKey", start, "a field that is named twice")
	}
	for index := range record.Fields {
		record.Fields[index].Value = p.term(depth + 1)
	}
	return record
}

// Decode reads a whole term, from its 131 to its end.
func Decode(data []byte) (term Term, err error) {
	defer catch(&err)
	term, used, _ := decodePrefix(data)
	if used < len(data) {
		fail("trailingBytes", used, "bytes after the term")
	}
	return term, nil
}

// decodePrefix reads the term at the start, and says how many bytes it takes and how many are left in its stream.
func decodePrefix(data []byte) (Term, int, int) {
	switch {
	case len(data) == 0:
		fail("truncated", 0, "there is nothing")
	case data[0] != 131:
		fail("notExternalTerm", 0, "a term starts with 131")
	case len(data) > 1 && data[1] == 121:
		return Local(append([]byte{}, data[2:]...)), len(data), 0
	case len(data) > 1 && data[1] == 80:
		return decompressed(data)
	}
	p := &parser{data: data, at: 1}
	return p.term(0), p.at, 0
}

func decompressed(data []byte) (Term, int, int) {
	p := &parser{data: data, at: 2}
	length := int(p.u32())
	if length > mostTerm {
		fail("limitExceeded", 2, "a compressed term that is too long")
	}
	source := bytes.NewReader(data[6:])
	stream, err := zlib.NewReader(source)
	content := []byte{}
	if err == nil {
		content, err = io.ReadAll(io.LimitReader(stream, int64(length)+1))
	}
	switch {
	case len(content) > length:
		fail("malformedCompression", 2, "more than is declared")
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		fail("truncated", len(data), "the stream is cut")
	case err != nil:
		fail("malformedCompression", 6, err.Error())
	case len(content) < length:
		fail("malformedCompression", 2, "less than is declared")
	}
	inner := &parser{data: content}
	term := func() Term {
		defer func() {
			if found := recover(); found != nil {
				if reason, ok := found.(*Error); ok {
					reason.Offset = 1
				}
				panic(found)
			}
		}()
		return inner.term(0)
	}()
	return term, len(data) - source.Len(), len(content) - inner.at
}

// identity is the same text for terms that are the same key of a map (terms.md §5).
func identity(term Term) string {
	var text strings.Builder
	identify(&text, term)
	return text.String()
}

func identify(text *strings.Builder, term Term) {
	many := func(kind string, terms ...Term) {
		text.WriteString(kind + strconv.Itoa(len(terms)))
		for _, each := range terms {
			text.WriteByte(',')
			identify(text, each)
		}
		text.WriteByte(';')
	}
	word := func(kind, value string) { text.WriteString(kind + strconv.Itoa(len(value)) + ":" + value) }
	switch value := term.(type) {
	case int64:
		word("i", strconv.FormatInt(value, 10))
	case *big.Int:
		word("i", value.Text(16))
	case float64:
		if value == 0 {
			value = 0 // of either sign
		}
		word("f", strconv.FormatUint(math.Float64bits(value), 16))
	case Atom:
		word("a", string(value))
	case []byte:
		word("b", string(value))
	case Bits:
		word("s"+strconv.Itoa(value.Size)+"/", string(value.Data))
	case Tuple:
		many("t", value...)
	case List:
		many("l", value...)
	case Improper:
		many("m", append(append([]Term{}, value.Elements...), value.Tail)...)
	case Map:
		pairs := make([]string, len(value))
		for index, pair := range value {
			pairs[index] = identity(pair.Key) + "=" + identity(pair.Value)
		}
		sort.Strings(pairs)
		word("p", strings.Join(pairs, " "))
	case Pid:
		many("P", value.Node, int64(value.Number), int64(value.Serial), int64(value.Creation))
	case Port:
		many("Q", value.Node, []byte(strconv.FormatUint(value.Number, 10)), int64(value.Creation))
	case Reference:
		words := value.Words
		for len(words) > 0 && words[len(words)-1] == 0 {
			words = words[:len(words)-1]
		}
		terms := []Term{value.Node, int64(value.Creation)}
		for _, each := range words {
			terms = append(terms, int64(each))
		}
		many("R", terms...)
	case Function:
		many("F", value.Module, value.Name, int64(value.Arity))
	case Record:
		fields := make([]string, len(value.Fields))
		for index, field := range value.Fields {
			fields[index] = identity(field.Name) + "=" + identity(field.Value)
		}
		sort.Strings(fields)
		many("D", value.Module, value.Name, []byte(strconv.FormatBool(value.IsExported)))
		word("d", strings.Join(fields, " "))
	case Closure:
		many("C", append([]Term{value.Module, int64(value.Index), int64(value.OldUniq)}, value.Free...)...)
	}
}
