import { resolve } from "node:path";

export default {
  build: {
    outDir: resolve(import.meta.dirname, "dist"),
    rollupOptions: { input: "src/board.js", output: { entryFileNames: "[name].js" } },
  },
};
