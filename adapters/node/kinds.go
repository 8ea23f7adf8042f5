package node

import "strings"

// servers are packages with which a program answers HTTP.
func servers() []string {
	return []string{
		"express", "fastify", "koa", "@hapi/hapi", "restify", "polka", "hono", "@hono/node-server", "h3", "micro", "connect", "@tinyhttp/app", "elysia", "uWebSockets.js", "itty-router",
		"@nestjs/platform-express", "@nestjs/platform-fastify", "@feathersjs/feathers", "@adonisjs/core", "@adonisjs/http-server", "sails", "@loopback/rest", "loopback", "egg", "@midwayjs/core", "@foal/core",
		"@tsed/platform-express", "@tsed/platform-koa", "routing-controllers", "actionhero", "moleculer-web", "find-my-way", "apollo-server", "@apollo/server", "graphql-yoga", "mercurius", "@trpc/server",
		"socket.io", "http-proxy", "http-proxy-middleware", "node-static", "parse-server", "probot", "botbuilder", "@keystone-6/core", "@medusajs/medusa", "@strapi/strapi", "directus", "payload", "ghost",
		"nitro", "nitropack", "vinxi", "next", "nuxt", "@sveltejs/kit", "@tanstack/react-start", "@solidjs/start", "astro", "@remix-run/express", "@remix-run/serve", "@react-router/node", "@angular/ssr", "@google-cloud/functions-framework", "@slack/bolt", "light-my-request",
	}
}

// queues are packages whose programs run until they are told to stop: they
// take from a queue, wait for a time, or speak in a chat.
func queues() []string {
	return []string{
		"bullmq", "bull", "bee-queue", "agenda", "kafkajs", "node-rdkafka", "amqplib", "amqp-connection-manager", "rhea", "nats", "@nats-io/transport-node", "@temporalio/worker", "sqs-consumer", "@google-cloud/pubsub",
		"node-resque", "pg-boss", "graphile-worker", "mqtt", "node-cron", "cron", "node-schedule", "croner", "bree", "moleculer", "discord.js", "eris", "telegraf", "grammy", "node-telegram-bot-api", "whatsapp-web.js", "tmi.js",
	}
}

// harmless are packages, and scopes of such, that everybody uses and none of
// which serves.
func harmless() []string {
	return []string{
		"commander", "yargs", "minimist", "meow", "cac", "citty", "@oclif", "inquirer", "@inquirer", "prompts", "enquirer", "@clack", "chalk", "kleur", "picocolors", "colors", "ora", "listr2", "cli-progress", "figlet", "boxen",
		"dotenv", "fs-extra", "glob", "globby", "fast-glob", "rimraf", "mkdirp", "chokidar", "execa", "shelljs", "zx", "archiver", "adm-zip", "jszip", "tar", "sharp", "pdfkit", "pdf-lib", "exceljs", "xlsx",
		"axios", "got", "node-fetch", "undici", "ky", "superagent", "request", "request-promise", "cheerio", "jsdom", "puppeteer", "puppeteer-core", "playwright", "nodemailer", "rss-parser", "openai", "@anthropic-ai",
		"csv-parse", "csv-parser", "csv-stringify", "papaparse", "js-yaml", "yaml", "fast-xml-parser", "xml2js", "marked", "markdown-it", "handlebars", "ejs", "mustache", "prettier",
		"lodash", "ramda", "moment", "moment-timezone", "date-fns", "dayjs", "luxon", "uuid", "nanoid", "semver", "ms", "debug", "winston", "pino", "bunyan", "log4js", "async", "p-limit", "p-queue", "rxjs", "zod", "joi", "ajv", "yup", "tslib", "reflect-metadata",
		"pg", "mysql", "mysql2", "sqlite3", "better-sqlite3", "mongodb", "mongoose", "redis", "ioredis", "knex", "typeorm", "sequelize", "@prisma", "prisma", "drizzle-orm", "@supabase", "firebase-admin",
		"aws-sdk", "@aws-sdk", "@azure", "@google-cloud/storage", "googleapis", "@octokit", "typescript", "tsx", "ts-node", "@types",
	}
}

// packageScope is the scope that a package is published in, "" for none.
func packageScope(name string) string {
	scope, _, ok := strings.Cut(name, "/")
	if !ok {
		return ""
	}
	return scope
}
