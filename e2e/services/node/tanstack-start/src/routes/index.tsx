import { createFileRoute } from '@tanstack/react-router'
import { createServerFn } from '@tanstack/react-start'

const getSignal = createServerFn().handler(() => ({ flashes: 3, seconds: 15 }))

export const Route = createFileRoute('/')({
  component: Home,
  loader: () => getSignal(),
})

function Home() {
  const { flashes, seconds } = Route.useLoaderData()
  return <h1>{`${flashes} flashes every ${seconds} s`}</h1>
}
