package node

import "encoding/json"

// bunLock is the part of a bun.lock that says what was asked for, by the
// directories of the workspace; "" is its root.
type bunLock struct {
	Workspaces map[string]bunWorkspace `json:"workspaces"`
}

type bunWorkspace struct {
	Dependencies map[string]string `json:"dependencies"`
	Dev          map[string]string `json:"devDependencies"`
	Optional     map[string]string `json:"optionalDependencies"`
}

func (w bunWorkspace) group(key string) map[string]string {
	if key == "dependencies" {
		return w.Dependencies
	}
	return w.Dev
}

func parseBunLock(data []byte) (lock bunLock, err error) {
	err = json.Unmarshal(plainJSON(data), &lock)
	return lock, err
}
