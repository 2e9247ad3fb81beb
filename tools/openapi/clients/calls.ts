// Ten calls with openapi-fetch and the types that openapi-typescript makes of openapi.yaml. Type-checked by tsc before
// Node runs it as it is.
//
// node calls.ts ADDRESS PASSWORD

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/watchly.ts";

type Schemas = components["schemas"];

const [address, password] = process.argv.slice(2);
assert(address && password, "Give the address and the password.");
const client = createClient<paths>({ baseUrl: address });

// What was asked for, or an error that says what came instead.
const expected = <T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T => {
  assert(data !== undefined, `${response.status} ${response.url}: ${JSON.stringify(error)}`);
  return data;
};

const signedIn = expected(await client.POST("/api/auth/login", { body: { username: "admin", password } }));
client.use({
  onRequest: ({ request }) => {
    request.headers.set("Authorization", `Bearer ${signedIn.access}`);
    return request;
  },
});

const page = expected(
  await client.GET("/api/movies", {
    params: { query: { fields: ["id", "title"], expand: ["credits", "me"], page_size: 2 } },
  }),
);
const picked = page.results[0];
assert(picked?.id !== undefined);
assert.deepEqual(Object.keys(picked).sort(), ["credits", "id", "me", "title"]);
const id = picked.id;

expected(await client.PATCH("/api/movies/{id}", { params: { path: { id } }, body: { tagline: "Ten calls more." } }));
const history = expected(
  await client.GET("/api/movies/{id}/history", { params: { path: { id: String(id) }, query: { limit: 5 } } }),
);
assert(history.results.length > 0, "The edit is missing from the history.");

const me = expected(await client.PUT("/api/movies/{id}/rating", { params: { path: { id } }, body: { stars: 3.5 } }));
assert.equal(me.stars, 3.5);
const play = expected(
  await client.POST("/api/movies/{id}/plays", { params: { path: { id } }, body: { watched_at: "2026-11-21" } }),
);
const plays = expected(await client.GET("/api/me/history"));
assert.equal(plays.results[0]?.id, play.id);

const changes = expected(await client.GET("/api/me/changes"));
const change = changes.results.find((each) => each.kind === "play" && each.id === play.id);
assert(change?.kind === "play"); // and `data` is known to be a play
const watched: Schemas["Play"] | null = change.data;
assert.equal(watched?.movie.id, id);

const title = `Ten calls, ${new Date().toISOString()}`;
const made = expected(await client.POST("/api/lists", { body: { title } }));
const item = expected(
  await client.POST("/api/lists/{id}/items", { params: { path: { id: made.id } }, body: { movie_id: id } }),
);
assert.equal(item.movie.id, id);

const found = expected(await client.GET("/api/search", { params: { query: { q: item.movie.title } } }));
assert(found.movies.some((movie) => movie.id === id));

const missing = await client.GET("/api/movies/{id}", { params: { path: { id: "999999999" } } });
assert.equal(missing.response.status, 404);
const problem: Schemas["Problem"] | undefined = missing.error;
assert.equal(problem?.code, "not_found");
