package node

import (
	"slices"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// Rows are for docs/languages.md. A framework's row has the package that
// shows it in backquotes, and a test sees that none is missing.
func (Adapter) Rows() []repo.Row { return slices.Concat(toolRows(), frameworkRows(), shapeRows()) }

func toolRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutManager, Name: "npm", Does: "package-lock.json or npm-shrinkwrap.json, by `npm ci`", Trees: []string{"express"}, Plans: []string{"express"}},
		{About: repo.AboutManager, Name: "npm, no lock file", Does: "resolved in the build, and built again after seven days", Trees: []string{"nolock"}, Plans: []string{"no-lockfile"}},
		{About: repo.AboutManager, Name: "pnpm", Does: "pnpm-lock.yaml, by the stack's pnpm, or by one of the major version that is named; a lockfile of pnpm 7 by that", Trees: []string{"pnpm-workspace", "pnpm8", "pnpm12"}, Plans: []string{"pnpm", "pnpm-major", "pnpm-range", "pnpm-old-lock", "pnpm-old-lock-new-pnpm"}},
		{About: repo.AboutManager, Name: "yarn", Does: "yarn.lock of every version, by the yarn that is named or the one that leaves the lockfile as it is; Plug'n'Play as node_modules", Trees: []string{"yarn1-workspaces", "yarn2", "yarn3", "yarn4-pnp"}, Plans: []string{"yarn", "yarn-pnp", "yarn-berry-lock"}},
		{About: repo.AboutManager, Name: "bun", Does: "bun.lock or bun.lockb, by the bun that is named; what it starts runs with node, unless only bun can run it", Trees: []string{"bun", "bun-workspaces"}, Plans: []string{"bun", "bun-typescript"}},
		{About: repo.AboutManager, Name: "packages of git repositories over ssh", Does: "those that package.json or the lockfile names are read for the step, which gets no key", Plans: []string{"git-ssh"}},
		{About: repo.AboutManager, Name: "package.json5, package.yaml", Does: "recognised; refused with what to do", Plans: []string{"package-json5"}},
		{About: repo.AboutVersion, Name: "engines", Does: "a constraint of package.json: the stack's default when it fits, else the newest that does", Trees: []string{"express"}, Plans: []string{"version-engines"}},
		{About: repo.AboutVersion, Name: ".nvmrc, .node-version", Does: "that version, or the name of a line such as lts/jod; lts, node and the like leave it to the stack", Trees: []string{"nolock"}, Plans: []string{"version-nvmrc", "version-lts-name", "version-lts"}},
		{About: repo.AboutVersion, Name: ".tool-versions", Does: "exactly that version", Trees: []string{"subfolder"}, Plans: []string{"version-tool-versions"}},
		{About: repo.AboutVersion, Name: "mise.toml", Does: "exactly that version", Plans: []string{"version-mise"}},
		{About: repo.AboutVersion, Name: "volta", Does: "exactly that version", Trees: []string{"volta"}, Plans: []string{"version-volta"}},
	}
}

func frameworkRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutFramework, Name: "Express, Fastify and others", Does: "the start script, in exec form", Trees: []string{"express", "typescript"}, Plans: []string{"express", "fastify-cli"}},
		{About: repo.AboutFramework, Name: "NestJS", Does: "its build script, then the compiled program", Trees: []string{"nest"}, Plans: []string{"nest"}},
		{About: repo.AboutFramework, Name: "Next.js", Does: "`next`: its own server, standalone, or an export that is served as files", Trees: []string{"next", "next-standalone", "next-export"}, Plans: []string{"next-base", "next-google-fonts", "next-export", "next-export-base", "next-export-command"}},
		{About: repo.AboutFramework, Name: "Nuxt", Does: "`nuxt`: the server of its output; Nuxt 2's own server, or the files that it generates", Trees: []string{"nuxt"}, Plans: []string{"nuxt", "nuxt-base", "nuxt-2", "nuxt-2-generate", "nuxt-2-static"}},
		{About: repo.AboutFramework, Name: "SvelteKit", Does: "`@sveltejs/kit`: by its adapter, a server or files", Trees: []string{"sveltekit"}, Plans: []string{"sveltekit", "sveltekit-auto", "sveltekit-in-vite"}},
		{About: repo.AboutFramework, Name: "React Router", Does: "`@react-router/dev`: its server, or files", Trees: []string{"react-router", "react-router-spa"}, Plans: []string{"react-router", "react-router-spa", "react-router-spa-serve"}},
		{About: repo.AboutFramework, Name: "Remix", Does: "`@remix-run/dev`: its server, or files", Trees: []string{"remix", "remix-spa"}, Plans: []string{"remix", "remix-spa"}},
		{About: repo.AboutFramework, Name: "TanStack Start", Does: "`@tanstack/react-start`: the server that nitro makes; refused without one", Trees: []string{"tanstack-start"}, Plans: []string{"tanstack-start", "tanstack-start-no-server"}},
		{About: repo.AboutFramework, Name: "SolidStart", Does: "`@solidjs/start`: the server of its output", Trees: []string{"solid-start"}, Plans: []string{"solid-start"}},
		{About: repo.AboutFramework, Name: "SolidStart 2", Does: "the server that nitro makes; refused without one", Trees: []string{"solid-start-2"}, Plans: []string{"solid-start-2", "solid-start-2-no-server"}},
		{About: repo.AboutFramework, Name: "Expo", Does: "`expo`: its form for browsers, as files; refused with pages of a server, or for telephones alone", Trees: []string{"expo"}, Plans: []string{"expo", "expo-static", "expo-server", "expo-native"}},
		{About: repo.AboutFramework, Name: "Astro", Does: "`astro`: files, or the server of its Node adapter; refused with pages of a server and no adapter", Trees: []string{"astro", "astro-node"}, Plans: []string{"astro", "astro-base", "astro-node", "astro-no-adapter"}},
		{About: repo.AboutFramework, Name: "Angular", Does: "`@angular/core`: files with a fallback for the page's own paths, or its server", Trees: []string{"angular", "angular-server"}, Plans: []string{"angular", "angular-named", "angular-static-pages", "angular-two"}},
		{About: repo.AboutFramework, Name: "Angular in several languages", Does: "localize: a page in a directory of each language, with a fallback of its own; / leads to the first", Trees: []string{"angular-languages"}, Plans: []string{"angular-localized"}},
		{About: repo.AboutFramework, Name: "Vite", Does: "`vite`: files with a fallback for the page's own paths", Trees: []string{"vite"}, Plans: []string{"vite", "vite-base", "vite-outside"}},
		{About: repo.AboutFramework, Name: "Create React App", Does: "`react-scripts`: files with a fallback, below the path of its homepage", Trees: []string{"cra"}, Plans: []string{"react-scripts", "react-scripts-build-path"}},
		{About: repo.AboutFramework, Name: "Eleventy", Does: "`@11ty/eleventy`: files", Trees: []string{"eleventy"}, Plans: []string{"eleventy", "eleventy-npx"}},
		{About: repo.AboutFramework, Name: "VitePress", Does: "`vitepress`: files", Trees: []string{"vitepress"}, Plans: []string{"vitepress-docs", "vitepress-base"}},
		{About: repo.AboutFramework, Name: "Docusaurus", Does: "`@docusaurus/core`: files, below its baseUrl", Trees: []string{"docusaurus"}, Plans: []string{"docusaurus"}},
		{About: repo.AboutFramework, Name: "Gatsby", Does: "`gatsby`: files", Trees: []string{"gatsby"}, Plans: []string{"gatsby"}},
		{About: repo.AboutFramework, Name: "Vue CLI", Does: "`@vue/cli-service`: files with a fallback, below its publicPath", Trees: []string{"vue-cli"}, Plans: []string{"vue-cli"}},
		{About: repo.AboutFramework, Name: "webpack", Does: "`webpack-dev-server` in the packages: files with a fallback, built by webpack", Trees: []string{"webpack"}, Plans: []string{"webpack"}},
		{About: repo.AboutFramework, Name: "Parcel", Does: "`parcel`: files with a fallback", Trees: []string{"parcel"}, Plans: []string{"parcel"}},
		{About: repo.AboutFramework, Name: "Rsbuild", Does: "`@rsbuild/core`: files with a fallback", Plans: []string{"rsbuild"}},
		{About: repo.AboutFramework, Name: "VuePress", Does: "`vuepress`: files, below its base", Plans: []string{"vuepress"}},
		{About: repo.AboutFramework, Name: "Hexo", Does: "`hexo`: files, below its root", Plans: []string{"hexo"}},
		{About: repo.AboutFramework, Name: "Ember", Does: "`ember-cli`: files with a fallback, below its rootURL", Plans: []string{"ember"}},
		{About: repo.AboutFramework, Name: "Quasar", Does: "`@quasar/app-vite`, `@quasar/app-webpack`: a page, as files with a fallback; its other forms are refused", Plans: []string{"quasar", "quasar-server"}},
		{About: repo.AboutFramework, Name: "Preact CLI", Does: "`preact-cli`: files with a fallback", Plans: []string{"preact"}},
		{About: repo.AboutFramework, Name: "Qwik City", Does: "`@builder.io/qwik-city`: the server of its adapter, which the script serve starts, or the files of its static one; refused without one", Plans: []string{"qwik", "qwik-static", "qwik-no-adapter"}},
		{About: repo.AboutFramework, Name: "gRPC", Does: "a worker: it answers no HTTP", Trees: []string{"grpc"}, Plans: []string{"grpc"}},
	}
}

func shapeRows() []repo.Row {
	return []repo.Row{
		{About: repo.AboutShape, Name: "workspaces of npm", Does: "the service and the members that it needs", Trees: []string{"npm-workspaces"}, Plans: []string{"workspace-npm"}},
		{About: repo.AboutShape, Name: "workspaces of pnpm", Does: "the service and the members that it needs, libraries built first", Trees: []string{"pnpm-workspace"}, Plans: []string{"workspace-pnpm"}},
		{About: repo.AboutShape, Name: "workspaces of yarn and bun", Does: "the service and the members that it needs, with catalogs; libraries built first", Trees: []string{"yarn1-workspaces", "bun-workspaces"}, Plans: []string{"yarn-workspace"}},
		{About: repo.AboutShape, Name: "Turborepo", Does: "the package with all that it needs, by turbo", Trees: []string{"turbo"}, Plans: []string{"turbo"}},
		{About: repo.AboutShape, Name: "Nx, packages", Does: "the package with all that it needs, by nx", Trees: []string{"nx-packages"}, Plans: []string{"nx-packages", "nx-member"}},
		{About: repo.AboutShape, Name: "Nx, projects", Does: "a project.json without a package.json, with the projects that it imports and the root's packages; what Vite, esbuild, webpack, tsc, swc and Angular write is known, for others `commands:` say what is started", Trees: []string{"nx"}, Plans: []string{"nx-integrated", "nx-page", "nx-esbuild-alone", "nx-by-name", "nx-webpack-config", "nx-angular", "nx-command-declared", "nx-declared", "nx-with-packages", "nx-choose", "nx-command"}},
		{About: repo.AboutShape, Name: "Rush", Does: "a package that needs others of the repository is refused, with what to add", Plans: []string{"workspace-of-rush"}},
		{About: repo.AboutShape, Name: "TypeScript", Does: "by the build script, by tsc, or run as it is", Trees: []string{"typescript", "task"}, Plans: []string{"typescript-build", "typescript-tsx"}},
		{About: repo.AboutShape, Name: "protobuf and gRPC, not committed", Does: "what the build script makes with tools of the dependencies that bring their programs along, as buf does; protocols that are read at run time are in the image", Trees: []string{"grpc-generated", "grpc"}},
		{About: repo.AboutShape, Name: "Procfile", Does: "web, or a worker when there is no web; each other process is declared as a service of its own", Trees: []string{"worker"}, Plans: []string{"procfile", "procfile-worker", "procfile-two-services", "procfile-release-script", "procfile-release-env", "procfile-no-script"}},
		{About: repo.AboutShape, Name: "no start script", Does: "main of package.json, or the one file that a program begins with", Trees: []string{"subfolder"}, Plans: []string{"main-only", "entry-name"}},
		{About: repo.AboutShape, Name: "a start script for a shell", Does: "what npm, npx and their like would run stands in their place; a script file is started as it is, and refused where it calls them", Trees: []string{"shell"}, Plans: []string{"shell-scripts", "shell-set", "shell-file", "run-in-turn", "shell-file-npx", "shell-file-alone", "shell-no-manager", "run-at-once"}},
		{About: repo.AboutShape, Name: "a file server as the start script", Does: "serve, http-server and sirv: the directory that it names, built or not, is served without it", Plans: []string{"file-server", "file-server-single", "file-server-port"}},
		{About: repo.AboutShape, Name: "PM2", Does: "the program that its command or its file names, where that is one", Plans: []string{"pm2-file", "pm2-script", "pm2-ecosystem"}},
		{About: repo.AboutShape, Name: "an old webpack", Does: "Node.js is told to have the hashes of OpenSSL that it needs, while it builds", Plans: []string{"old-webpack", "old-react-scripts"}},
		{About: repo.AboutShape, Name: "functions of a host", Does: "Serverless, SAM, CDK, SST and Wrangler without a program that listens: refused with what deploys them", Plans: []string{"functions"}},
		{About: repo.AboutShape, Name: "a page beside the server", Does: "what a source of the server names and a package of a directory of its own builds is built first; or `frontend:`. Scripts that install packages there are passed over", Trees: []string{"page-beside"}, Plans: []string{"frontend-beside", "frontend-and-typescript", "frontend-declared", "frontend-not-named"}},
		{About: repo.AboutShape, Name: "two lock files", Does: "packageManager decides, else the one that fits package.json", Trees: []string{"two-lockfiles"}, Plans: []string{"lock-two", "lock-two-stale"}},
		{About: repo.AboutShape, Name: "task", Does: "`kind: task`", Trees: []string{"task"}},
		{About: repo.AboutShape, Name: "no server", Does: "a task, where no package serves and nothing listens; a worker, where it takes from a queue or goes round; a web service otherwise, and where a package that is not known may serve", Plans: []string{"kind-command", "kind-queue", "kind-queue-and-web", "kind-foreign"}},
		{About: repo.AboutShape, Name: "an address of the loopback", Does: "HOST and the like are set where the program reads them; else the plan says where it is listened on, also of Fastify, which takes localhost by itself, and of Hapi", Plans: []string{"loopback", "loopback-variable", "loopback-fastify", "loopback-hapi"}},
		{About: repo.AboutShape, Name: "a base path from the environment", Does: "what `buildEnv:` or a committed .env says, else the default beside the variable; the plan says which", Plans: []string{"base-variable", "base-variable-set", "base-variable-file", "base-variable-next"}},
		{About: repo.AboutSystem, Name: "Playwright, Puppeteer", Does: "Debian's Chromium without a screen, where they look for theirs", Trees: []string{"playwright", "puppeteer"}, Plans: []string{"playwright", "puppeteer"}},
		{About: repo.AboutSystem, Name: "Prisma", Does: "the client is generated; where it needs engines, their host must be reachable", Trees: []string{"prisma"}, Plans: []string{"prisma-client", "prisma-beside"}},
		{About: repo.AboutSystem, Name: "Prisma's migrations", Does: "applied by the release where they are committed and prisma is among the dependencies; from Prisma 7 on when `release:` says so", Plans: []string{"prisma-migrations", "prisma-migrations-client", "migrate-and-start", "migrate-and-next"}},
		{About: repo.AboutSystem, Name: "native modules", Does: "compiled in the dependency step, with Debian's packages of well-known ones", Trees: []string{"subfolder"}, Plans: []string{"native"}},
	}
}
