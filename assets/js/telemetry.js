/* The telemetry page: a poll whose answer never came must not be the last one (4.2 c). */
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  shuangtan_telemetry: {
    /* Dash stops the clock while a poll is under way and starts it with the answer; when the
       connection breaks there is none. Two looks at the same stopped tick mean that it is lost. */
    wake: function (_look, stopped, tick, lastTick) {
      const lost = stopped && tick === lastTick;
      return [lost ? false : window.dash_clientside.no_update, tick];
    },
  },
});
