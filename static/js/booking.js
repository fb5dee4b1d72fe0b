// While a number is typed, the server says what is wrong with it: the same rule, the same words, as on sending.
const number = document.querySelector("[data-checked-at]");
const look = document.getElementById("number-look");
const PAUSE_MILLISECONDS = 600;
const WHOLE_NUMBER = 10;
let pause;

async function check() {
  const typed = number.value;
  if (!typed.trim()) {
    look.textContent = "";
    return;
  }
  const answer = await fetch(number.dataset.checkedAt, { method: "POST", body: new FormData(number.form) });
  // What was typed meanwhile is looked at by itself; without an answer nothing is said until sending.
  if (answer.ok && typed === number.value) {
    look.textContent = await answer.text();
    number.toggleAttribute("aria-invalid", look.textContent !== "");
  }
}

number.addEventListener("input", () => {
  clearTimeout(pause);
  look.textContent = "";
  const other = document.getElementById("phone-other");
  if (other && number.value) other.checked = true;
  // Of half a number only leaving the field says that it is one.
  if (number.value.replace(/\D/g, "").length >= WHOLE_NUMBER) {
    pause = setTimeout(() => check().catch(() => {}), PAUSE_MILLISECONDS);
  }
});
number.addEventListener("change", () => check().catch(() => {}));
