// tiles_client audits a log over HTTP with golang.org/x/mod/sumdb, the code that checks Go's own log, and none of ours.
//
//	tiles_client URL VKEY [CHECKPOINT...]
//
// URL is the prefix of a log of C2SP tlog-tiles, VKEY its verifier key; each CHECKPOINT is a file with one that the log
// signed before. It proves every entry to be in the tree of the newest checkpoint, and that tree to be an extension of
// each older one. It prints OK, or what is wrong and exits with 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height    = 8
	fullWidth = 1 << height
	entries   = -1 // x/mod's level for what is no hash
	mostBytes = fullWidth * (2 + 0xffff)
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: tiles_client URL VKEY [CHECKPOINT...]")
		os.Exit(2)
	}
	audited, err := audit(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "FAILED:", err)
		os.Exit(1)
	}
	fmt.Println("OK:", audited)
}

func audit(url, vkey string, older []string) (string, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	tiles := &tileReader{prefix: strings.TrimSuffix(url, "/"), kept: map[tlog.Tile][]byte{}}
	signed, err := tiles.get("checkpoint")
	if err != nil {
		return "", err
	}
	newest, err := openCheckpoint(signed, verifier)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	if err := checkEntries(newest, tiles); err != nil {
		return "", err
	}
	audited := fmt.Sprintf("%d entries", newest.N)
	for _, name := range older {
		signed, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		before, err := openCheckpoint(signed, verifier)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		if err := checkExtends(newest, before, tiles); err != nil {
			return "", fmt.Errorf("tree of %d after that of %d: %w", newest.N, before.N, err)
		}
		audited += fmt.Sprintf(", consistent with %d", before.N)
	}
	return audited, nil
}

// openCheckpoint is C2SP tlog-checkpoint: tlog.ParseTree wants the first line that Go's own log has.
func openCheckpoint(signed []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not three lines, of which the first is the origin")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 1 || lines[1] != strconv.FormatInt(size, 10) {
		return tlog.Tree{}, fmt.Errorf("no tree has %q entries", lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("%q is no hash", lines[2])
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

func checkEntries(tree tlog.Tree, tiles *tileReader) error {
	hashes := tlog.TileHashReader(tree, tiles)
	for first := int64(0); first < tree.N; first += fullWidth {
		bundle := tlog.Tile{H: height, L: entries, N: first / fullWidth, W: fullWidth}
		if left := tree.N - first; left < fullWidth {
			bundle.W = int(left)
		}
		data, err := tiles.get(path(bundle))
		if err != nil {
			return err
		}
		found, err := split(data, bundle.W)
		if err != nil {
			return fmt.Errorf("%s: %w", path(bundle), err)
		}
		for i, entry := range found {
			number := first + int64(i)
			proof, err := tlog.ProveRecord(tree.N, number, hashes)
			if err != nil {
				return fmt.Errorf("proof of entry %d: %w", number, err)
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, number, tlog.RecordHash(entry)); err != nil {
				return fmt.Errorf("%s: entry %d: %w", path(bundle), number, err)
			}
		}
	}
	return nil
}

// split gives the entries of a bundle, each of which follows its length, a big-endian uint16.
func split(bundle []byte, width int) ([][]byte, error) {
	rest := bytes.NewReader(bundle)
	found := make([][]byte, width)
	for i := range found {
		var length uint16
		if err := binary.Read(rest, binary.BigEndian, &length); err != nil {
			return nil, fmt.Errorf("length of its entry %d: %w", i, err)
		}
		found[i] = make([]byte, length)
		if _, err := io.ReadFull(rest, found[i]); err != nil {
			return nil, fmt.Errorf("its entry %d: %w", i, err)
		}
	}
	if rest.Len() > 0 {
		return nil, fmt.Errorf("%d bytes after the last entry", rest.Len())
	}
	return found, nil
}

func checkExtends(newest, older tlog.Tree, tiles *tileReader) error {
	proof, err := tlog.ProveTree(newest.N, older.N, tlog.TileHashReader(newest, tiles))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, newest.N, newest.Hash, older.N, older.Hash); err != nil {
		return err
	}
	// The older tree's own tiles are there still, its partial ones too.
	root, err := tlog.TreeHash(older.N, tlog.TileHashReader(older, tiles))
	if err == nil && root != older.Hash {
		err = errors.New("another root")
	}
	return err
}

// tileReader is the tlog.TileReader of a log that is served as C2SP tlog-tiles. Nothing rests on what it keeps: x/mod
// 0.7.0 does not hold every tile against its parent, so each proof made of them is checked against a signed root.
type tileReader struct {
	prefix string
	kept   map[tlog.Tile][]byte
}

var client = http.Client{Timeout: 30 * time.Second}

func (r *tileReader) get(place string) ([]byte, error) {
	answer, err := client.Get(r.prefix + "/" + place)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", place, answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, mostBytes))
}

func (r *tileReader) Height() int { return height }

func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		if data[i] = r.kept[tile]; data[i] != nil {
			continue
		}
		var err error
		if data[i], err = r.get(path(tile)); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (r *tileReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, tile := range tiles {
		r.kept[tile] = data[i]
	}
}

// path is that of tlog-tiles. x/mod's has the height in it, and other words for the entries: tile/8/data/000.
func path(tile tlog.Tile) string {
	place := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	if tile.L == entries {
		place = "entries" + strings.TrimPrefix(place, "data")
	}
	return "tile/" + place
}
