package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// jibSystem compiles on the host with Maven and Jib's plugin, onto the same
// run image. It needs mvn on the PATH.
func (l *lab) jibSystem(ctx context.Context, s service) (system, error) {
	dir, err := l.copyService(ctx, s, s.name+"-jib")
	round := 0
	return system{name: "jib", dir: dir, image: s.image() + "-jib", build: func(ctx context.Context, cold bool) (time.Duration, error) {
		if cold {
			round++ // a new, empty local repository and Jib cache; the old ones go with the work directory
		}
		caches := filepath.Join(l.work, fmt.Sprintf("jib-caches-%d", round))
		args := []string{"mvn", "-B", "-q", "-ntp", "-Dmaven.repo.local=" + filepath.Join(caches, "m2")}
		if cold {
			args = append(args, "clean")
		}
		args = append(args, "compile", jibPlugin+":build",
			"-Djib.allowInsecureRegistries=true", "-DsendCredentialsOverHttp=true", "-Djib.containerizingMode=exploded",
			"-Djib.from.image="+fmt.Sprintf("%s/stacks/%s@%s", l.up.Registry, repository(s.stack.Run.Name), s.stack.Run.Digest),
			"-Djib.to.image="+l.up.Registry+"/bench/"+s.name+"-jib:latest",
			"-Djib.container.mainClass=com.example.App",
			"-Djib.baseImageCache="+filepath.Join(caches, "base"), "-Djib.applicationCache="+filepath.Join(caches, "app"))
		_, took, err := command{dir: dir, args: args, env: []string{l.dockerConfig()}}.run(ctx)
		return took, err
	}}, err
}

// jibPlugin is called by its coordinates: the service's POM needs no word of
// it.
const jibPlugin = "com.google.cloud.tools:jib-maven-plugin:3.5.2"
