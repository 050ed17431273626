// Package reel reads Reel's recordings. It was made from the pages in Spec/ alone, with nothing but Go's library.
//
//	events, err := reel.Open("session.reel")
//	if err != nil { ... }
//	for events.Next() {
//		event := events.Event()
//		fmt.Println(event.Offset, event.Kind, reel.JSON(event.Payload))
//	}
//	if err := events.Err(); err != nil { ... }
package reel

import "fmt"

// Error is what is wrong with an input: a kind of terms.md §8 or recording.md §10, and where.
type Error struct {
	Kind   string
	Offset int
	What   string
}

func (e *Error) Error() string { return fmt.Sprintf("%s at byte %d: %s", e.Kind, e.Offset, e.What) }

// fail ends what is being read; catch gives it to the caller as an error.
func fail(kind string, offset int, what string) { panic(&Error{kind, offset, what}) }

func catch(err *error) {
	if found := recover(); found != nil {
		reason, ok := found.(*Error)
		if !ok {
			panic(found)
		}
		*err = reason
	}
}

// What a reader spends on a file at the most (recording.md §9).
const (
	mostFrame   = 64 << 20
	mostMember  = 128 << 20
	mostContent = 1 << 40
	mostEntries = 4_000_000
	mostTerm    = 64 << 20
	mostDepth   = 1024
	largest     = 1<<63 - 1
)
