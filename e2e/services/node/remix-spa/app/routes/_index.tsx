export default function Index() {
  return <h1>Seventeen steps</h1>;
}
