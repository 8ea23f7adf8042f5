const { defineConfig } = require('@vue/cli-service')
module.exports = defineConfig({
  transpileDependencies: true,
  outputDir: 'www',
  publicPath: process.env.NODE_ENV === 'production'
    ? '/bakery/'
    : '/'
})
