import * as React from 'react'

export default function Missing() {
  return <main>no such light</main>
}
