import * as React from 'react'

export default function Page() {
  return <main><h1>The lighthouse is lit</h1></main>
}

export const Head = () => <title>Lighthouse</title>
