export default function Page() {
  return <p>Mondays and Fridays</p>;
}
