/** @type {import('next').NextConfig} */
const nextConfig = {
  output: 'export',
  // distDir: 'www',
};

export default nextConfig;
