// Command reel-go writes a recording as JSON lines (json.md §2.2).
package main

import (
	"bufio"
	"fmt"
	"os"

	"reel"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: reel-go FILE    writes the header, an event a line and the summary, as JSON")
		os.Exit(2)
	}
	out := bufio.NewWriter(os.Stdout)
	err := write(out, os.Args[1])
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func write(out *bufio.Writer, path string) error {
	events, err := reel.Open(path)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, reel.HeaderLine(events.Header))
	for events.Next() {
		fmt.Fprintln(out, events.Event().Line())
	}
	if events.Err() == nil && events.Finished() {
		fmt.Fprintln(out, events.Summary.Line())
	}
	return events.Err()
}
