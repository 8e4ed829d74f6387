// A card that a finger moves aside: to the right and to the left, each with its own effect.

const SWIPE_PX = 90; // less is a slip
const STEEP = 0.6; // height against width of a movement that is a scroll

function letSwipe(card, effects) {
  let start = null;
  const by = (event) => {
    const touch = event.changedTouches[0];
    return [touch.clientX - start.x, touch.clientY - start.y];
  };
  const rest = () => {
    start = null;
    card.style.transform = '';
    delete card.dataset.swipe;
  };
  card.addEventListener(
    'touchstart',
    (event) => {
      const [touch] = event.touches;
      start = event.touches.length === 1 ? { x: touch.clientX, y: touch.clientY } : null;
    },
    { passive: true },
  );
  card.addEventListener(
    'touchmove',
    (event) => {
      if (!start) return;
      const [x, y] = by(event);
      if (Math.abs(y) > STEEP * Math.abs(x)) return;
      card.style.transform = `translateX(${x}px)`;
      card.dataset.swipe = Math.abs(x) < SWIPE_PX ? '' : x > 0 ? 'right' : 'left';
    },
    { passive: true },
  );
  card.addEventListener('touchcancel', rest);
  card.addEventListener('touchend', (event) => {
    if (!start) return;
    const [x, y] = by(event);
    rest();
    if (Math.abs(x) >= SWIPE_PX && Math.abs(y) <= STEEP * Math.abs(x)) effects[x > 0 ? 'right' : 'left']();
  });
}
