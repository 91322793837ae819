"""The memory of a process that serves for weeks."""

import gc


def settle() -> None:
    """Take what start-up made out of all later collections; call it once, before serving.

    A full collection looks at every object, and most of them are the modules, models and routes:
    for a tenth of a second nobody is answered. What was frozen is not looked at any more, nor ever
    collected (``gc.freeze``), so what comes and goes has to come afterwards.
    """
    gc.collect()
    gc.freeze()
