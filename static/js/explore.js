// <button data-explore="#figure" data-explore-script data-explore-style hidden>: draws the same points with plotly.js.
//
// Nothing is loaded before somebody asks. The picture stays where scripts are off, and comes back with a second press.

const STYLE_ID = "plotly.js-style-global"; // plotly.js writes no <style> of its own where this is
let loading = null;

export function startExploring(document) {
  for (const button of document.querySelectorAll("[data-explore]")) {
    button.hidden = false;
    button.addEventListener("click", () => toggle(button));
  }
}

async function toggle(button) {
  const card = button.closest(".chart");
  const picture = card.querySelector("figure");
  const open = button.getAttribute("aria-expanded") === "true";
  if (open) {
    card.querySelector(".explored").remove();
    picture.hidden = false;
    button.setAttribute("aria-expanded", "false");
    button.textContent = "Explore";
    return;
  }
  button.disabled = true;
  button.textContent = "Loading…";
  try {
    const Plotly = await load(button.dataset);
    await explore(Plotly, card, picture, button);
    button.setAttribute("aria-expanded", "true");
    button.textContent = "Back to the picture";
  } catch {
    button.textContent = "Could not be loaded. Try again";
  }
  button.disabled = false;
  button.focus();
}

function load({ exploreScript, exploreStyle }) {
  loading ??= addStyle(exploreStyle)
    .then(() => addScript(exploreScript))
    .catch((problem) => {
      loading = null;
      throw problem;
    });
  return loading;
}

function addStyle(address) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address, id: STYLE_ID });
  link.className = "no-inline-styles";
  return loaded(link);
}

async function addScript(address) {
  const script = Object.assign(document.createElement("script"), { src: address });
  await loaded(script);
  return window.Plotly;
}

function loaded(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve, { once: true });
    element.addEventListener(
      "error",
      () => {
        element.remove();
        reject(new Error("not loaded"));
      },
      { once: true },
    );
    document.head.append(element);
  });
}

async function explore(Plotly, card, picture, button) {
  const { data, layout } = JSON.parse(document.getElementById(button.dataset.explore).textContent);
  const place = document.createElement("div");
  place.className = "explored";
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", `${card.querySelector("header").textContent.trim()}, to explore`);
  picture.after(place);
  picture.hidden = true;
  const paint = colours(place);
  await Plotly.newPlot(place, data.map((trace) => coloured(trace, paint)), arranged(layout, paint), {
    displaylogo: false,
    responsive: true,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "toImage"],
  });
}

// plotly.js reads rgb() only, so the browser works out what a variable means in this theme.
function colours(element) {
  const meant = (name) => {
    element.style.color = `var(${name})`;
    return getComputedStyle(element).color;
  };
  const names = { own: "--own", peer: "--peer", ink: "--ink", muted: "--muted", grid: "--grid", paper: "--paper" };
  const found = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, meant(name)]));
  element.style.color = "";
  return { ...found, font: getComputedStyle(element).fontFamily };
}

// The figure says no colours. A line without marks is a limit; one plain circle for all marks is the peers.
function coloured(trace, paint) {
  if (trace.mode === "lines") {
    return { ...trace, hoverinfo: "skip", line: { color: paint.muted, width: 1.2, dash: "dot" } };
  }
  const line = trace.mode === "lines+markers" ? { line: { color: paint.own, width: 1.8 } } : {};
  const peers = trace.marker.symbol === "circle";
  return { ...trace, ...line, hoverinfo: "y", marker: { ...trace.marker, color: peers ? paint.peer : paint.own, line: { color: paint.paper, width: 1 } } };
}

function arranged(layout, paint) {
  const axis = { color: paint.muted, gridcolor: paint.grid, linecolor: paint.grid, zeroline: false, fixedrange: false };
  return {
    height: 360,
    margin: { l: 52, r: 32, t: 12, b: 64 },
    showlegend: false,
    hovermode: "closest",
    dragmode: "pan",
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: paint.font, size: 12, color: paint.ink },
    xaxis: { ...layout.xaxis, ...axis, showgrid: false },
    yaxis: { ...layout.yaxis, ...axis },
    shapes: layout.shapes.map((shape) => ({ ...shape, line: { color: paint.ink, width: 1.4 } })),
    annotations: layout.annotations.map((words) => ({ ...words, font: { color: paint.ink, size: 12 } })),
  };
}
