export default {
  build: { target: "es2022", outDir: "../internal/pages/shop", emptyOutDir: true },
};
