export default function (eleventyConfig) {
  eleventyConfig.addPassthroughCopy({ public: "/" });
  eleventyConfig.addFilter("upper", (text) => text.toUpperCase());

  return {
    dir: {
      input: "content",
      includes: "../_includes",
      output: "_site",
    },
  };
}
