// npm install standardwebhooks
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.CUTWATCH_WEBHOOK_SECRET); // whsec_…
const seen = new Set(); // a message may come twice: the same webhook-id is the same message

createServer(async (request, response) => {
  const chunks = await request.toArray();
  try {
    // The bytes as they came: parsed and written again they would not be what was signed.
    const message = webhook.verify(Buffer.concat(chunks).toString(), request.headers);
    if (!seen.has(request.headers["webhook-id"])) console.log(message.type, message.data.url);
    seen.add(request.headers["webhook-id"]);
    response.writeHead(204).end();
  } catch {
    response.writeHead(401).end(); // not signed with this secret, or more than 5 minutes old
  }
}).listen(Number(process.env.PORT ?? 8090), "127.0.0.1");
