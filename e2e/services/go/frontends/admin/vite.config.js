export default {
  base: "/admin/",
  build: { target: "es2022", outDir: "../internal/pages/admin", emptyOutDir: true },
};
