// The personal tab: asks Teams who is looking, and makes the button one that signs them in.
// Without an answer the button stays what it was: the way to the ordinary sign-in.
(() => {
  "use strict";
  const button = document.querySelector("a.open");
  const TEN_MINUTES = 10 * 60 * 1000; // a link is good for fifteen, and once

  async function renew() {
    const token = await microsoftTeams.authentication.getAuthToken();
    const answer = await fetch("/teams/sso", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (answer.ok) {
      button.href = (await answer.json()).url;
      button.dataset.signedOn = "yes";
    }
  }

  const quietly = () => renew().catch(() => undefined);
  microsoftTeams.app.initialize().then(quietly, () => undefined);
  setInterval(() => document.visibilityState === "visible" && quietly(), TEN_MINUTES);
  button.addEventListener("click", () => setTimeout(quietly, 1000));
})();
