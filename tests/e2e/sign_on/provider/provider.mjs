// A certified OpenID provider (npm oidc-provider) on loopback, as a clinic's sign-on: whoever types an account's name at
// its page is signed in as that account. `node provider.mjs PORT RETURN_ADDRESS ACCOUNTS`, ACCOUNTS a JSON object of
// claims by account.
import Provider from "oidc-provider";

// A line on standard input says by how many milliseconds its clock is ahead: tests let days pass.
const now = Date.now;
let ahead = 0;
Date.now = () => now() + ahead;
process.stdin.on("data", (line) => { ahead = Number(line); console.log("moved"); });

const [port, back, accounts] = [process.argv[2], process.argv[3], JSON.parse(process.argv[4])];
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "intervision", client_secret: "a secret: with/signs", redirect_uris: [back] }],
  claims: { email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["only for tests"] },
  pkce: { required: () => true },
  ttl: { Session: 3600, Interaction: 600, Grant: 3600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
  findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
