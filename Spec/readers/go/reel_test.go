package reel

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
)

const vectors = "../../../Vectors/"

func TestEventsComeInTheirOrder(t *testing.T) {
	events, err := Open(vectors + "recordings/forms/example.reel")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []Atom
	for events.Next() {
		if event := events.Event(); event.Index != len(kinds) {
			t.Errorf("event %d has the index %d", len(kinds), event.Index)
		}
		kinds = append(kinds, events.Event().Kind)
	}
	if events.Err() != nil || !events.Finished() || !reflect.DeepEqual(kinds, []Atom{"mount", "event", "render", "event", "render"}) {
		t.Errorf("%v, %v, finished: %v", kinds, events.Err(), events.Finished())
	}
}

func TestAnErrorComesAfterTheEventsBeforeIt(t *testing.T) {
	events, err := Open(vectors + "recordings/member/crc.reel")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for events.Next() {
		count++
	}
	var reason *Error
	if !errors.As(events.Err(), &reason) || reason.Kind != "checksum" || count != 3 {
		t.Errorf("%d events, and then %v", count, events.Err())
	}
}

func TestAJSONDocumentIsReadLikeARecording(t *testing.T) {
	for _, name := range []string{"bare.json", "gzip.json.gz", "space.json"} {
		events, err := Open(vectors + "json/documents/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []Atom
		for events.Next() {
			kinds = append(kinds, events.Event().Kind)
		}
		if !events.Finished() || events.Summary.Reason != "imported" || !reflect.DeepEqual(kinds, []Atom{"mount", "event"}) {
			t.Errorf("%s: %v, %v", name, kinds, events.Err())
		}
	}
}

func TestADocumentNestsAsDeepAsItsRecording(t *testing.T) {
	nested := func(depth int) string {
		if depth == 0 {
			return "1"
		}
		return strings.Repeat("[", depth) + strings.Repeat("]", depth)
	}
	for _, depths := range [][2]int{{1021, 1021}, {1022, 0}, {0, 1022}} {
		text := `{"deep":` + nested(depths[0]) + `,"events":[{"offset":0,"type":"x","payload":` + nested(depths[1]) + `}]}`
		_, err := ReadDocument([]byte(text))
		var reason *Error
		isTooDeep := errors.As(err, &reason) && reason.Kind == "limitExceeded"
		if isTooDeep != (depths[0]+depths[1] != 2042) {
			t.Errorf("%v: %v", depths, err)
		}
	}
}

func TestADocumentInGzipWhoseChecksumIsWrongIsReadUpToThere(t *testing.T) {
	for _, event := range []string{`{"offset":0,"type":"x","payload":1}`, ""} {
		var file bytes.Buffer
		writer := gzip.NewWriter(&file)
		if _, err := writer.Write([]byte(`{"events":[` + event + `]}`)); err != nil || writer.Close() != nil {
			t.Fatal(err)
		}
		data := file.Bytes()
		data[len(data)-8] ^= 1
		events, err := ReadDocument(data)
		var reason *Error
		isRefused := errors.As(err, &reason) && reason.Kind == "checksum"
		if isRefused != (event == "") || !isRefused && !events.Next() {
			t.Errorf("%q: %v", event, err)
		}
	}
}

func TestWhatIsNoRecordingIsAnError(t *testing.T) {
	for path, kind := range map[string]string{"recordings/nothing/text.reel": "notARecording", "none": "inputOutput"} {
		var reason *Error
		if _, err := Open(vectors + path); !errors.As(err, &reason) || reason.Kind != kind {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestTheCommandWritesTheLinesOfTheSpecification(t *testing.T) {
	text, err := os.ReadFile(vectors + "manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Vectors []struct {
			File   string
			Expect map[string]interface{}
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	command := t.TempDir() + "/reel-go"
	if out, err := exec.Command("go", "build", "-o", command, "./cmd/reel-go").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	count := 0
	for _, vector := range manifest.Vectors {
		expected, is := vector.Expect["lines"].(string)
		if !is {
			continue
		}
		count++
		out, err := exec.Command(command, vectors+vector.File).Output()
		var found, wanted interface{}
		lines := "[" + strings.Join(strings.Split(strings.TrimSpace(string(out)), "\n"), ",") + "]"
		if err != nil || json.Unmarshal([]byte(lines), &found) != nil || json.Unmarshal([]byte(expected), &wanted) != nil || !reflect.DeepEqual(found, wanted) {
			t.Errorf("%s: %s", vector.File, out)
		}
	}
	if count < 6 {
		t.Errorf("%d vectors have lines", count)
	}
}
