module.exports = { siteMetadata: { title: 'Lighthouse' }, plugins: [] }
