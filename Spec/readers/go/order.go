package reel

import (
	"bytes"
	"math/big"
	"sort"
	"strings"
)

// ordered has the pairs of a map in the order of their keys (terms.md §5).
func ordered(pairs Map) Map {
	result := append(Map{}, pairs...)
	sort.SliceStable(result, func(i, j int) bool { return compare(result[i].Key, result[j].Key) < 0 })
	return result
}

// rank is the place of a term's kind in the order of terms.
func rank(term Term) int {
	switch value := term.(type) {
	case int64, *big.Int:
		return 0
	case float64:
		return 1
	case Atom:
		return 2
	case Reference:
		return 3
	case Closure:
		return 4
	case Function:
		return 5
	case Port:
		return 6
	case Pid:
		return 7
	case Tuple:
		return 8
	case Map:
		return 9
	case List:
		if len(value) == 0 {
			return 10
		}
		return 11
	case Improper:
		return 11
	}
	return 12 // bits
}

// compare is below, at or above 0 when one key comes before another, is the same, or comes after it.
func compare(a, b Term) int {
	if order := compareNumbers(uint64(rank(a)), uint64(rank(b))); order != 0 {
		return order
	}
	switch one := a.(type) {
	case int64, *big.Int:
		return integerOf(a).Cmp(integerOf(b))
	case float64:
		return byFloat(one, b.(float64))
	case Atom:
		return strings.Compare(string(one), string(b.(Atom)))
	case Reference:
		other := b.(Reference)
		order := first(compare(one.Node, other.Node), compareNumbers(uint64(one.Creation), uint64(other.Creation)))
		for index := len(one.Words) + len(other.Words); index >= 0 && order == 0; index-- {
			order = compareNumbers(uint64(word(one.Words, index)), uint64(word(other.Words, index)))
		}
		return order
	case Closure:
		other := b.(Closure)
		return first(compare(one.Module, other.Module), compareNumbers(uint64(one.Index), uint64(other.Index)),
			compareNumbers(uint64(int64(one.OldUniq)+1<<31), uint64(int64(other.OldUniq)+1<<31)), compareTuples(one.Free, other.Free))
	case Function:
		other := b.(Function)
		return first(compare(one.Module, other.Module), compare(one.Name, other.Name), compareNumbers(uint64(one.Arity), uint64(other.Arity)))
	case Port:
		other := b.(Port)
		return first(compare(one.Node, other.Node), compareNumbers(uint64(one.Creation), uint64(other.Creation)), compareNumbers(uint64(one.Number), uint64(other.Number)))
	case Pid:
		other := b.(Pid)
		return first(compareNumbers(uint64(one.Serial), uint64(other.Serial)), compareNumbers(uint64(one.Number), uint64(other.Number)),
			compare(one.Node, other.Node), compareNumbers(uint64(one.Creation), uint64(other.Creation)))
	case Tuple:
		return compareTuples(one, b.(Tuple))
	case Map:
		ones, others := ordered(one), ordered(b.(Map))
		order := compareNumbers(uint64(len(ones)), uint64(len(others)))
		for index := 0; index < len(ones) && order == 0; index++ {
			order = compare(ones[index].Key, others[index].Key)
		}
		for index := 0; index < len(ones) && order == 0; index++ {
			order = compare(ones[index].Value, others[index].Value)
		}
		return order
	case List, Improper:
		return compareLists(a, b)
	}
	ones, size := bitsOf(a)
	others, otherSize := bitsOf(b)
	return first(bytes.Compare(ones, others), compareNumbers(uint64(size), uint64(otherSize)))
}

func integerOf(term Term) *big.Int {
	if value, isSmall := term.(int64); isSmall {
		return big.NewInt(value)
	}
	return term.(*big.Int)
}

func word(words []uint32, index int) uint32 {
	if index < len(words) {
		return words[index]
	}
	return 0
}

func compareTuples(ones, others []Term) int {
	order := compareNumbers(uint64(len(ones)), uint64(len(others)))
	for index := 0; index < len(ones) && order == 0; index++ {
		order = compare(ones[index], others[index])
	}
	return order
}

// parts has the elements of a list that is not empty, and its tail.
func parts(term Term) ([]Term, Term) {
	if list, isProper := term.(List); isProper {
		return list, List{}
	}
	improper := term.(Improper)
	return improper.Elements, improper.Tail
}

// compareLists compares element by element; where one ends, what is left of both.
func compareLists(a, b Term) int {
	ones, tail := parts(a)
	others, otherTail := parts(b)
	count := 0
	for ; count < len(ones) && count < len(others); count++ {
		if order := compare(ones[count], others[count]); order != 0 {
			return order
		}
	}
	return compare(rest(ones[count:], tail), rest(others[count:], otherTail))
}

func rest(elements []Term, tail Term) Term {
	if len(elements) == 0 {
		return tail
	}
	if list, isProper := tail.(List); isProper {
		return append(append(List{}, elements...), list...)
	}
	return Improper{elements, tail}
}

func bitsOf(term Term) ([]byte, int) {
	if value, isBits := term.(Bits); isBits {
		return value.Data, value.Size
	}
	data, _ := term.([]byte)
	return data, 8 * len(data)
}

// first is the first of these orders that is not 0.
func first(orders ...int) int {
	for _, order := range orders {
		if order != 0 {
			return order
		}
	}
	return 0
}

func compareNumbers(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func byFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
