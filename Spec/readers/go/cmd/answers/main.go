// Command answers answers the questions of vectors.md §5.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"reel"
)

func main() {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		parts := strings.Split(input.Text(), "\t")
		text, err := answer(parts[0], parts[1], parts[2])
		switch reason, isError := err.(*reel.Error); {
		case isError:
			fmt.Printf("error\t%s\t%d\n", reason.Kind, reason.Offset)
		case err != nil:
			fmt.Println("error\tinputOutput")
		case text == "":
			fmt.Println("skip")
		default:
			fmt.Println("ok\t" + text)
		}
	}
}

func answer(input, output, path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	isMapping := output == "tagged" || output == "plain"
	switch {
	case input == "term" && isMapping:
		term, err := reel.Decode(data)
		if err != nil {
			return "", err
		}
		if output == "plain" {
			return reel.JSON(term), nil
		}
		return reel.TaggedJSON(term), nil
	case input == "recording" && (isMapping || output == "lines"):
		return recording(data, output, reel.Read)
	case input == "json-document" && isMapping:
		return recording(data, output, reel.ReadDocument)
	}
	return "", nil
}

func recording(data []byte, output string, read func([]byte) (*reel.Events, error)) (string, error) {
	events, err := read(data)
	if err != nil {
		return "", err
	}
	var all []reel.Event
	lines := []string{reel.HeaderLine(events.Header)}
	for events.Next() {
		all = append(all, events.Event())
		lines = append(lines, events.Event().Line())
	}
	if events.Err() != nil {
		return "", events.Err()
	}
	if output != "lines" {
		return reel.Document(events.Header, all, output == "tagged"), nil
	}
	if events.Finished() {
		lines = append(lines, events.Summary.Line())
	}
	return "[" + strings.Join(lines, ",") + "]", nil
}
