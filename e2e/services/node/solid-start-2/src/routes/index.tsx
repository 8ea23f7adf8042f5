export default function Home() {
  return <h1>I count the sunny hours only</h1>;
}
